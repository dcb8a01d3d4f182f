import { clone, zeros } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { mapTensors, tidyTensors } from '../core/containers.js';
import { buildBlock } from '../core/parameters.js';
import type { Batch } from '../contracts/batch.js';
import type { Context, StateShape } from '../contracts/context.js';
import type { Decoder, DecoderSpec, DecoderStart, DecoderWiring } from '../contracts/decoder.js';
import type { StepResult } from '../contracts/stepFunction.js';
import { recurrentCell } from '../modules/recurrentOptions.js';
import { realTokens, repeatForTokens } from '../ops/realTokens.js';
import { CELLS } from '../ops/recurrent/cells.js';
import { activeRows } from './activeRows.js';
import { checkContext, checkTarget } from './checkTarget.js';
import { drawDropout } from './recurrent/dropout.js';
import { projectStep } from './recurrent/inputProjection.js';
import { has } from './recurrent/layout.js';
import {
  recurrentDecoderConfig,
  WHERE,
  type RecurrentDecoderConfig,
  type RecurrentDecoderOptions,
} from './recurrent/options.js';
import { projectFeatures, readoutFeatures } from './recurrent/outputProjection.js';
import { parallelSequence } from './recurrent/parallelSequence.js';
import { addRecurrentDecoderParts, type RecurrentDecoderParts } from './recurrent/parts.js';
import type { SequenceInputs, SequenceOutputs } from './recurrent/sequenceInputs.js';
import {
  recurrentDecoderStep,
  type RecurrentDecoderConstants as Constants,
  type RecurrentDecoderState as State,
} from './recurrent/step.js';
import { stepwiseSequence } from './recurrent/stepwiseSequence.js';

/**
 * A recurrent decoder with PyTorch's gates. The classic structures are values of `input`:
 *
 * - context as initial state (Sutskever et al. 2014): `input: ['previous']` after `passBridge` or
 *   `linearBridge`;
 * - context at every step (Cho et al. 2014): `input: ['previous', 'summary']`, after any bridge;
 * - context alone, without the previous token: `input: ['summary']`, or `input: []` after `passBridge`;
 * - with an attention: `input: ['previous', 'attention']` (Bahdanau et al. 2015), or after the cell (Luong et
 *   al. 2015).
 *
 * A teacher-forced batch is one pass over the whole sequence, unless each step waits for an attention. No
 * gradient flows back through a prediction that is fed. The output projection comes last, at real tokens
 * only.
 *
 * A target of frames is read and written as it is. `'previous'` is the frame before, zeros at first. The
 * output projection gives `features + 1` numbers: a frame, then the logit of its being the last.
 *
 * Parameters: `embedding.weight` (where the previous token is read), `rnn.weight_ih_l0` …, `attention.…`,
 * `combine.weight` (attention after the cell), `fc_out.weight` (unless tied), `fc_out.bias`.
 *
 * @throws `invalid-option` for a wrong option; `incompatible-parts` from `build` where the parts do not fit
 * @example
 * ```ts
 * import { recurrentDecoder } from 'tfjs-seq2seq';
 *
 * const spec = recurrentDecoder({
 *   cell: 'lstm',
 *   units: 256,
 *   input: ['previous', 'summary'],
 *   readout: ['output', 'summary'],
 * });
 * console.log(spec.stateShape); // { layers: 1, units: 256, cell: true }
 * ```
 */
export function recurrentDecoder(options: RecurrentDecoderOptions): DecoderSpec {
  const config = recurrentDecoderConfig(options);
  const { layers, units } = config;
  const stateShape: StateShape = { layers, units, cell: CELLS[recurrentCell(config)].hasCellState };
  const readsSummary = [...(config.input ?? []), ...(config.readout ?? [])].includes('summary');
  const reads = readsSummary ? (['summary'] as const) : [];
  return {
    role: 'decoder',
    kind: WHERE,
    config,
    stateShape,
    reads,
    build: (wiring) => build(config, stateShape, wiring),
  };
}

function build(
  config: RecurrentDecoderConfig,
  stateShape: StateShape,
  wiring: DecoderWiring,
): Decoder<State, Constants> {
  const { target, summarySize, random } = wiring;
  return buildBlock(WHERE, wiring, (parameters) => {
    const parts = addRecurrentDecoderParts(parameters, config, wiring);
    const { layout } = parts;
    const start = (context: Context): DecoderStart<State, Constants> => {
      parameters.checkAlive();
      checkContext(WHERE, context, stateShape, layout.usesSummary ? summarySize : null);
      return tidyTensors(() => startFrom(parts, context));
    };
    return {
      featureSize: layout.featureSize,
      start,
      step: (last, state, _position, constants) => tidyTensors(() => step(parts, last, state, constants)),
      features(batch, context, teacherForcingMask, { training = false } = {}) {
        checkTarget(WHERE, target, batch, context);
        return tidyTensors(() =>
          batchFeatures(parts, batch, {
            ...start(context),
            teacherForcingMask,
            dropout: training
              ? drawDropout(batch.targetMask.shape, config, layout.embeddingSize, random)
              : null,
            training,
          }),
        );
      },
      logits: (features) => tidyTensors(() => projectFeatures(parts, features)),
      projection: () => parts.projection,
    };
  });
}

/** What stands before the first step. */
function startFrom(
  { layout, attention, combine }: RecurrentDecoderParts,
  { state, summary, memory, mask }: Context,
): DecoderStart<State, Constants> {
  const [batch] = summary.shape;
  return {
    state: {
      layers: mapTensors(state as State['layers'], clone),
      attentional: layout.inputFeeding ? zeros([batch, (combine as Tensor2D).shape[0]]) : null,
    },
    constants: {
      summary: layout.usesSummary ? clone(summary) : null,
      memory: attention?.prepare(memory, mask) ?? null,
    },
  };
}

/** One token or frame a row. */
function step(
  parts: RecurrentDecoderParts,
  last: Tensor,
  state: State,
  constants: Constants,
): StepResult<State> {
  const { layout, target } = parts;
  const after = recurrentDecoderStep(parts, {
    previous: layout.usesPrevious ? (target.embed(last) as Tensor2D) : null,
    state,
    constants,
    project: (weights, values) => projectStep(weights, layout.inputs, values, last.shape[0] as number),
  });
  const logits = projectFeatures(parts, readoutFeatures(layout, after.readout));
  return { logits, state: after.state, ...(after.weights && { attention: after.weights }) };
}

/** What the output projection reads at every real token of a batch, `[tokens, featureSize]`. */
function batchFeatures(
  parts: RecurrentDecoderParts,
  { targetInput, targetMask, targetLengths }: Batch,
  given: Pick<SequenceInputs, 'state' | 'constants' | 'teacherForcingMask' | 'dropout' | 'training'>,
): Tensor2D {
  const { layout } = parts;
  const [, time] = targetMask.shape;
  const values = runSequence(parts, {
    ...given,
    reference: targetInput,
    teacherForcingMask: layout.usesPrevious ? given.teacherForcingMask : null,
    mask: targetMask,
    active: activeRows(targetLengths, time),
  });
  const { summary } = given.constants;
  const isRead = summary !== null && has(layout.readout, 'summary');
  const summaries = isRead ? repeatForTokens(summary, realTokens(targetLengths, time)) : null;
  return readoutFeatures(layout, { ...values, summary: summaries });
}

/**
 * All steps of a batch. What is fed is the reference where it is forced, else what the steps before predict
 * (scheduled sampling, Bengio et al. 2015). Nothing flows back through that choice. Predictions are made only
 * where one is fed.
 */
function runSequence(parts: RecurrentDecoderParts, inputs: SequenceInputs): SequenceOutputs {
  const { order, inputFeeding } = parts.layout;
  const waits = order === 'before-cell' || inputFeeding;
  return waits ? stepwiseSequence(parts, inputs) : parallelSequence(parts, inputs);
}

import { clone, concat, zeros } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { mapTensors, tidyTensors } from '../core/containers.js';
import { createParameters, prefixed, uniformInitializer } from '../core/parameters.js';
import type { Attention } from '../contracts/attention.js';
import type { Batch } from '../contracts/batch.js';
import type { ForwardOptions } from '../contracts/block.js';
import type { Context, StateShape } from '../contracts/context.js';
import type { Decoder, DecoderSpec, DecoderStart, DecoderWiring, Forcing } from '../contracts/decoder.js';
import { addEmbedding } from '../modules/embedding.js';
import { linear } from '../ops/linear.js';
import { realTokens, repeatForTokens } from '../ops/realTokens.js';
import { CELLS } from '../ops/recurrent/cells.js';
import { recurrentCell } from '../modules/recurrentOptions.js';
import { addRecurrentParameters } from '../modules/recurrentStack.js';
import { activeRows } from './activeRows.js';
import { checkContext, checkTarget } from './checkTarget.js';
import { drawDropout } from './recurrent/dropout.js';
import { projectStep } from './recurrent/inputProjection.js';
import { recurrentDecoderLayout } from './recurrent/layout.js';
import {
  recurrentDecoderConfig,
  WHERE,
  type DecoderReadout,
  type RecurrentDecoderConfig,
  type RecurrentDecoderOptions,
} from './recurrent/options.js';
import { parallelSequence } from './recurrent/parallelSequence.js';
import type { SequenceInputs, SequenceOutputs } from './recurrent/sequenceInputs.js';
import {
  recurrentDecoderStep,
  type RecurrentDecoderConstants as Constants,
  type RecurrentDecoderParts,
  type RecurrentDecoderState as State,
} from './recurrent/step.js';
import { stepwiseSequence } from './recurrent/stepwiseSequence.js';
import { targetAdapter } from './targetAdapter.js';

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
 * A teacher-forced batch is one pass over the whole sequence, but for what waits for an attention. No
 * gradient flows back through a prediction that is fed. The output projection comes last, at real tokens
 * only.
 *
 * A target of frames is read and written as it is: `'previous'` is the frame before (zeros at first), and the
 * output projection gives a frame and the logit of its being the last, `features + 1` numbers.
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
  const { memorySize, random, budget } = wiring;
  const attention =
    wiring.attention?.spec.build({ querySize: config.units, memorySize, random, budget }) ?? null;
  try {
    return buildAround(attention, config, stateShape, wiring);
  } catch (error) {
    attention?.dispose();
    throw error;
  }
}

function buildAround(
  attention: Attention | null,
  config: RecurrentDecoderConfig,
  stateShape: StateShape,
  { target, attention: placed, summarySize, random, budget }: DecoderWiring,
): Decoder<State, Constants> {
  const { units, layers } = config;
  const parameters = createParameters(WHERE, { budget });
  const contextSize = attention?.contextSize ?? 0;
  const layout = recurrentDecoderLayout(config, { target, attention: placed, summarySize }, contextSize);
  const embedding =
    target.kind === 'tokens' && layout.usesPrevious
      ? addEmbedding(parameters, target.vocabSize, layout.previousSize, random)
      : null;
  const { outputSize, predict, ...reading } = targetAdapter(WHERE, target, embedding);
  const cell = recurrentCell(config);
  const { inputSize, featureSize, usesSummary } = layout;
  const stack = addRecurrentParameters(
    parameters,
    { cell, inputSize, units, layers, bidirectional: false },
    random,
  );
  const addMatrix = (name: string, rows: number, columns: number): Variable & Tensor2D =>
    parameters.add(name, [rows, columns], uniformInitializer(random, 1 / Math.sqrt(columns)));
  const combine =
    layout.order === 'after-cell' ? addMatrix('combine.weight', units, contextSize + units) : null;
  const weight = config.tieEmbeddings
    ? (embedding as Tensor2D)
    : addMatrix('fc_out.weight', outputSize, featureSize);
  const bias = parameters.add<Variable & Tensor1D>(
    'fc_out.bias',
    [outputSize],
    uniformInitializer(random, 1 / Math.sqrt(featureSize)),
  );

  const parts: RecurrentDecoderParts = { layout, cell, stack, ...reading, attention, combine };
  const logits = (features: Tensor2D): Tensor2D => linear(features, weight, bias);
  const readout = (values: Readonly<Record<DecoderReadout, Tensor2D | null>>): Tensor2D =>
    join(layout.readout.map(({ name }) => values[name] as Tensor2D));

  const start = (context: Context): DecoderStart<State, Constants> => {
    parameters.all();
    const state = checkContext(WHERE, context, stateShape, usesSummary ? summarySize : null);
    return tidyTensors(() => ({
      state: {
        layers: mapTensors(state, clone),
        attentional: layout.inputFeeding ? zeros([context.summary.shape[0], units]) : null,
      },
      constants: {
        summary: usesSummary ? clone(context.summary) : null,
        memory: attention?.prepare(context.memory, context.mask) ?? null,
      },
    }));
  };

  const features = (
    batch: Batch,
    context: Context,
    teacherForcingMask: Forcing,
    { training = false }: ForwardOptions = {},
  ): Tensor2D => {
    const reference = batch.targetInput;
    checkTarget(WHERE, target, batch, context);
    const [rows, time] = reference.shape as [number, number];
    return tidyTensors(() => {
      const started = start(context);
      const dropout =
        training && config.dropout > 0
          ? drawDropout([rows, time], config, embedding === null ? null : layout.previousSize, random)
          : null;
      const sequence = recurrentDecoderSequence(parts, {
        reference,
        teacherForcingMask: layout.usesPrevious ? teacherForcingMask : null,
        predict: (values) => predict(logits(readout(values))),
        mask: batch.targetMask,
        active: activeRows(batch.targetLengths, time),
        ...started,
        dropout,
        training,
      });
      const { summary } = started.constants;
      return join(
        layout.readout.map(({ name }) =>
          name === 'summary'
            ? repeatForTokens(summary as Tensor2D, realTokens(batch.targetLengths, time))
            : (sequence[name] as Tensor2D),
        ),
      );
    });
  };

  return {
    featureSize,
    start,
    step: (last, state, _position, constants) =>
      tidyTensors(() => {
        const after = recurrentDecoderStep(parts, {
          previous: layout.usesPrevious ? (parts.embed(last) as Tensor2D) : null,
          state,
          constants,
          project: (weights, values) => projectStep(weights, layout.inputs, values, last.shape[0]),
        });
        const result = { logits: logits(readout(after.parts)), state: after.state };
        return after.weights === null ? result : { ...result, attention: after.weights };
      }),
    features,
    logits: (values) => tidyTensors(() => logits(values)),
    projection: () => ({ weight, bias }),
    parameters: () => ({ ...parameters.all(), ...prefixed('attention', attention?.parameters() ?? {}) }),
    dispose() {
      parameters.dispose();
      attention?.dispose();
    },
  };
}

function join(parts: Tensor2D[]): Tensor2D {
  return parts.length === 1 ? (parts[0] as Tensor2D) : concat(parts, 1);
}

/**
 * All steps of a batch. What is fed (scheduled sampling, Bengio et al. 2015) is the reference where it is
 * forced, else what the steps before predict; nothing flows back through that choice. Predictions are made
 * only where one is fed.
 */
function recurrentDecoderSequence(parts: RecurrentDecoderParts, inputs: SequenceInputs): SequenceOutputs {
  const { order, inputFeeding } = parts.layout;
  const waits = order === 'before-cell' || inputFeeding;
  return waits ? stepwiseSequence(parts, inputs) : parallelSequence(parts, inputs);
}

import {
  add,
  concat,
  expandDims,
  gather,
  mul,
  slice,
  split as splitTensor,
  tensor1d,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import type { Attention, PreparedMemory } from '../contracts/attention.js';
import { firstRows } from '../core/containers.js';
import type { Random } from '../core/random.js';
import { dropoutSeed } from '../ops/dropout.js';
import { dropoutMask } from '../ops/dropoutMask.js';
import { linear } from '../ops/linear.js';
import { gatherTokens, realTokens, type RealTokens } from '../ops/realTokens.js';
import type { RecurrentLayersInputs, RecurrentLayerWeights } from '../ops/recurrentLayers.js';
import { replayingRun, type RecurrentRecord } from '../ops/recurrentRecord.js';
import { recurrentSequence } from '../ops/recurrentSequence.js';
import { runRecurrentLayers } from '../ops/runRecurrentLayers.js';
import { has, inputColumns, projectPositions } from './decoderInputs.js';
import type { DecoderReadout, RecurrentDecoderConfig } from './recurrentDecoderOptions.js';
import {
  attentionalVector,
  recurrentDecoderStep,
  type RecurrentDecoderConstants,
  type RecurrentDecoderParts,
  type RecurrentDecoderState,
} from './recurrentDecoderStep.js';
import type { StepRows } from './stepRows.js';

/** The dropout masks of one batch, drawn once so that choosing the inputs and training over them see the same. */
export interface DecoderDropout {
  /** `[batch, time, embeddingSize]`; frames are read whole. */
  readonly previous: Tensor3D | null;
  /** One a gap between layers, `[batch, time, units]`. */
  readonly between: readonly Tensor3D[];
}

export interface SequenceInputs {
  /** What is fed: ids `[batch, time]` int32, or frames `[batch, time, features]`. */
  readonly fed: Tensor;
  /** `[batch, time]` float32. */
  readonly mask: Tensor2D;
  readonly lengths: Int32Array;
  /** How the steps go where one waits for the other. */
  readonly steps: StepRows;
  readonly state: RecurrentDecoderState;
  readonly constants: RecurrentDecoderConstants;
  readonly dropout: DecoderDropout | null;
  /** Whether the attention's own dropout is on. */
  readonly training: boolean;
  /** What `recordInputs` kept of each layer, where it ran them already. */
  readonly records: readonly RecurrentRecord[] | null;
}

/** For every real token, what the output projection can read: `[tokens, size]`; the summary is the constants'. */
export type SequenceOutputs = Readonly<Record<Exclude<DecoderReadout, 'summary'>, Tensor2D | null>>;

/**
 * All steps of a recurrent decoder over inputs that are known: one fused pass where no step waits for an attention, else a
 * loop over what must wait alone, with everything else projected before it.
 */
export function recurrentDecoderSequence(
  parts: RecurrentDecoderParts,
  inputs: SequenceInputs,
): SequenceOutputs {
  return isStepwise(parts) ? loop(parts, inputs) : onePass(parts, inputs);
}

/** Whether each step waits for what the one before it found. */
export function isStepwise({ layout }: RecurrentDecoderParts): boolean {
  return layout.order === 'before-cell' || layout.inputFeeding;
}

function onePass(parts: RecurrentDecoderParts, inputs: SequenceInputs): SequenceOutputs {
  const { fed, lengths, mask, state, constants, dropout, training, records } = inputs;
  const tokens = realTokens(lengths, fed.shape[1] as number);
  const run = records === null ? { linear, sequence: recurrentSequence } : replayingRun(records);
  const { previous, project } = readPositions(parts, inputs, tokens, run.linear);
  const layers: RecurrentLayersInputs = {
    project,
    tokens,
    mask,
    initial: state.layers,
    between: (below, layer) => (dropout === null ? below : mul(below, dropout.between[layer] as Tensor3D)),
  };
  const { output } = runRecurrentLayers(parts.stack, parts.cell, layers, run);
  const real = gatherTokens<Tensor2D>(output, tokens);
  if (parts.layout.order === null) return { previous, output: real, attention: null };
  const memory = constants.memory as PreparedMemory;
  const { context } = (parts.attention as Attention).attend(output, memory, { training });
  const attention = gatherTokens<Tensor2D>(context, tokens);
  return { previous, output: attentionalVector(parts, attention, real), attention };
}

function loop(parts: RecurrentDecoderParts, inputs: SequenceInputs): SequenceOutputs {
  const { layout } = parts;
  const { counts, order, tokens } = inputs.steps;
  const { previous, project } = readPositions(parts, inputs, order);
  const first = (parts.stack[0] as readonly RecurrentLayerWeights[])[0] as RecurrentLayerWeights;
  const known = split(project(first), counts); // time × [rows, gates * units]
  const masks = split(expandDims<Tensor2D>(gatherTokens<Tensor1D>(inputs.mask, order), 1), counts);
  const waiting = (['attention', 'feeding'] as const)
    .filter((name) => has(layout.inputs, name))
    .map((name) => ({ name, weight: inputColumns(first.inputWeight, layout.inputs, name) }));
  const outputs: Tensor2D[] = [];
  const contexts: Tensor2D[] = [];
  let { state, constants } = inputs;
  known.forEach((projected, t) => {
    const rows = counts[t] as number;
    constants = firstRows(constants, rows);
    const step = recurrentDecoderStep(parts, {
      previous: null,
      state: firstRows(state, rows),
      constants,
      mask: masks[t] as Tensor2D,
      project: (_, values) =>
        waiting.reduce(
          (sum, { name, weight }) => add(sum, linear(values[name] as Tensor2D, weight)),
          projected,
        ),
      between: (below, layer) => dropoutAt(below, inputs.dropout?.between[layer], t),
      training: inputs.training,
    });
    state = step.state;
    outputs.push(step.parts.output as Tensor2D);
    if (step.parts.attention !== null) contexts.push(step.parts.attention);
  });
  const bySentence = tensor1d(tokens, 'int32');
  const real = (values: Tensor2D): Tensor2D => gather(values, bySentence);
  return {
    previous: previous === null ? null : real(previous),
    output: real(concat(outputs)),
    attention: contexts.length > 0 ? real(concat(contexts)) : null,
  };
}

/** What is read of the fed inputs at some positions, and how a layer projects it together with the summary. */
export function readPositions(
  { layout, embed }: RecurrentDecoderParts,
  { fed, constants: { summary }, dropout }: Pick<SequenceInputs, 'fed' | 'constants' | 'dropout'>,
  order: RealTokens,
  affine: typeof linear = linear,
): { previous: Tensor2D | null; project: (weights: RecurrentLayerWeights) => Tensor2D } {
  let previous: Tensor2D | null = layout.usesPrevious ? (embed(gatherTokens(fed, order)) as Tensor2D) : null;
  if (previous !== null && dropout?.previous)
    previous = mul<Tensor2D>(previous, gatherTokens<Tensor2D>(dropout.previous, order));
  const project = (weights: RecurrentLayerWeights): Tensor2D =>
    projectPositions(weights, layout.inputs, { previous, summary, order }, affine);
  return { previous, project };
}

/** The rows of each step; tfjs's gradient of `split` fails where there is only one part. */
function split(values: Tensor2D, counts: readonly number[]): Tensor2D[] {
  return counts.length === 1 ? [values] : splitTensor(values, [...counts]);
}

/** Draws the masks of one batch, for embeddings of `size` where there are any. */
export function drawDropout(
  [batch, time]: [number, number],
  { dropout, layers, units }: RecurrentDecoderConfig,
  size: number | null,
  random: Random,
): DecoderDropout {
  const draw = (width: number): Tensor3D =>
    dropoutMask([batch, time, width], dropout, dropoutSeed(random)) as Tensor3D;
  return {
    previous: size === null ? null : draw(size),
    between: Array.from({ length: layers - 1 }, () => draw(units)),
  };
}

/** Drops elements of the steps from `t` on, `[rows, steps, size]`, by a sequence's mask. */
export function dropoutAt(value: Tensor3D, mask: Tensor3D | null | undefined, t: number): Tensor3D {
  if (mask === null || mask === undefined) return value;
  return mul(value, slice(mask, [0, t, 0], value.shape));
}

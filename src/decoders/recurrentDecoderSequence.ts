import {
  add,
  concat,
  mul,
  reshape,
  slice,
  squeeze,
  stack,
  tanh,
  unstack,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import type { Attention, PreparedMemory } from '../contracts/attention.js';
import type { Random } from '../core/random.js';
import { dropoutSeed } from '../ops/dropout.js';
import { dropoutMask } from '../ops/dropoutMask.js';
import { linear } from '../ops/linear.js';
import { recurrentLayers, type RecurrentLayerWeights } from '../ops/recurrentLayers.js';
import { has, inputColumns, projectSequence } from './decoderInputs.js';
import type { DecoderReadout, RecurrentDecoderConfig } from './recurrentDecoderOptions.js';
import {
  recurrentDecoderStep,
  type RecurrentDecoderConstants,
  type RecurrentDecoderParts,
  type RecurrentDecoderState,
} from './recurrentDecoderStep.js';

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
  readonly state: RecurrentDecoderState;
  readonly constants: RecurrentDecoderConstants;
  readonly dropout: DecoderDropout | null;
  /** Whether the attention's own dropout is on. */
  readonly training: boolean;
}

/** For every step, what the output projection can read: `[batch, time, size]`; the summary is the constants'. */
export type SequenceOutputs = Readonly<Record<Exclude<DecoderReadout, 'summary'>, Tensor3D | null>>;

/**
 * All steps of a recurrent decoder over inputs that are known: one fused pass where no step waits for an attention, else a
 * loop over what must wait alone, with everything else projected before it.
 */
export function recurrentDecoderSequence(
  parts: RecurrentDecoderParts,
  inputs: SequenceInputs,
): SequenceOutputs {
  const { layout } = parts;
  const { fed, constants, dropout } = inputs;
  const [batch, time] = fed.shape as [number, number];
  let previous = layout.usesPrevious ? (parts.embed(fed) as Tensor3D) : null;
  if (previous !== null && dropout?.previous) previous = mul<Tensor3D>(previous, dropout.previous);
  const project = (weights: RecurrentLayerWeights): Tensor3D =>
    projectSequence(weights, layout.inputs, { previous, summary: constants.summary, batch, time });
  const stepwise = layout.order === 'before-cell' || layout.inputFeeding;
  return { previous, ...(stepwise ? loop(parts, inputs, project) : onePass(parts, inputs, project)) };
}

type Project = (weights: RecurrentLayerWeights) => Tensor3D;
type Passed = Pick<SequenceOutputs, 'output' | 'attention'>;

function onePass(
  parts: RecurrentDecoderParts,
  { mask, state, constants, dropout, training }: SequenceInputs,
  project: Project,
): Passed {
  const { output } = recurrentLayers(parts.stack, parts.cell, {
    project,
    mask,
    initial: state.layers,
    between: (below, layer) => (dropout === null ? below : mul(below, dropout.between[layer] as Tensor3D)),
  });
  if (parts.layout.order === null) return { output, attention: null };
  const memory = constants.memory as PreparedMemory;
  const { context } = (parts.attention as Attention).attend(output, memory, { training });
  const both: Tensor3D = concat([context, output], 2);
  return { output: tanh(linear(both, parts.combine as Tensor2D)), attention: context };
}

function loop(parts: RecurrentDecoderParts, inputs: SequenceInputs, project: Project): Passed {
  const { layout } = parts;
  const first = (parts.stack[0] as readonly RecurrentLayerWeights[])[0] as RecurrentLayerWeights;
  const known = positions(project(first)); // time × [batch, gates * units]
  const masks = unstack(inputs.mask, 1);
  const waiting = (['attention', 'feeding'] as const)
    .filter((name) => has(layout.inputs, name))
    .map((name) => ({ name, weight: inputColumns(first.inputWeight, layout.inputs, name) }));
  const outputs: Tensor2D[] = [];
  const contexts: Tensor2D[] = [];
  let state = inputs.state;
  known.forEach((projected, t) => {
    const step = recurrentDecoderStep(parts, {
      previous: null,
      state,
      constants: inputs.constants,
      mask: reshape(masks[t] as Tensor, [-1, 1]),
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
  const attention = contexts.length > 0 ? (stack(contexts, 1) as Tensor3D) : null;
  return { output: stack(outputs, 1) as Tensor3D, attention };
}

/** The positions of a sequence; tfjs's gradient of `unstack` fails where there is only one. */
function positions(sequence: Tensor3D): Tensor2D[] {
  return sequence.shape[1] === 1 ? [squeeze(sequence, [1])] : (unstack(sequence, 1) as Tensor2D[]);
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

/** Drops elements of one step, `[batch, 1, size]`, by its column of a sequence's mask. */
export function dropoutAt(value: Tensor3D, mask: Tensor3D | null | undefined, t: number): Tensor3D {
  if (mask === null || mask === undefined) return value;
  const [batch, , size] = mask.shape;
  return mul(value, slice(mask, [0, t, 0], [batch, 1, size]));
}

import {
  add,
  concat,
  mul,
  slice,
  zeros,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { linear } from '../../ops/linear.js';
import { gatherTokens, repeatForTokens, type RealTokens } from '../../ops/realTokens.js';
import type { RecurrentLayerWeights, RecurrentStack } from '../../ops/recurrent/recurrentLayers.js';
import { has, type InputPart, type InputParts } from './layout.js';
import type { RecurrentDecoderParts } from './parts.js';

/** Projects all parts of one step at once: `[batch, gates * units]`. */
export function projectStep(
  { inputWeight, inputBias }: RecurrentLayerWeights,
  parts: InputParts,
  values: Readonly<Record<InputPart, Tensor2D | null>>,
  batch: number,
): Tensor2D {
  const present = parts.map(({ name }) => values[name] as Tensor2D);
  if (present.length === 0) return add(zeros([batch, inputBias.shape[0]]), inputBias);
  return linear(present.length === 1 ? (present[0] as Tensor2D) : concat(present, 1), inputWeight, inputBias);
}

/** What a decoder is fed. */
export interface FedSequence {
  /** Ids `[batch, time]` int32, or frames `[batch, time, features]`. */
  readonly fed: Tensor;
  /** A mask for what is read of `fed`, `[batch, time, size]`. */
  readonly dropout: Tensor3D | null;
}

/** What is known of some positions before their steps. */
export interface PositionsRead {
  /** What is read of the fed inputs, `[positions, size]`. */
  readonly previous: Tensor2D | null;
  /** That and the summary, projected for the first layer: `[positions, gates * units]`. */
  readonly projected: Tensor2D;
}

/**
 * Reads the parts that do not wait for a step: the embeddings by one product for all positions, the summary
 * by one product a sentence, whatever number of times the reader is called.
 *
 * @param summary `[batch, size]`
 * @param affine what projects them: `linear`, or its gradient alone (`backwardOnly`)
 */
export function positionReader(
  { layout: { inputs, usesPrevious }, stack, target: { embed } }: RecurrentDecoderParts,
  summary: Tensor2D | null,
  affine: typeof linear = linear,
): (sequence: FedSequence, order: RealTokens, embedding?: typeof embed) => PositionsRead {
  const { inputWeight, inputBias } = firstWeights(stack);
  const columns = has(inputs, 'previous') ? inputColumns(inputWeight, inputs, 'previous') : null;
  const sentences =
    summary !== null && has(inputs, 'summary')
      ? affine(summary, inputColumns(inputWeight, inputs, 'summary'))
      : null;
  return ({ fed, dropout }, order, embedding = embed) => {
    let previous: Tensor2D | null = usesPrevious ? (embedding(gatherTokens(fed, order)) as Tensor2D) : null;
    if (previous !== null && dropout !== null)
      previous = mul<Tensor2D>(previous, gatherTokens<Tensor2D>(dropout, order));
    const tokens: Tensor2D =
      previous !== null && columns !== null
        ? affine(previous, columns, inputBias)
        : add(zeros([order.count, inputBias.shape[0]]), inputBias);
    return {
      previous,
      projected: sentences === null ? tokens : add(tokens, repeatForTokens(sentences, order)),
    };
  };
}

/** The weights of the first layer of a decoder, which reads in one direction. */
export function firstWeights(stack: RecurrentStack): RecurrentLayerWeights {
  return (stack[0] as RecurrentStack[number])[0] as RecurrentLayerWeights;
}

/** The columns of `weight_ih_l0` that read one part: `[gates * units, size]`. */
export function inputColumns(weight: Tensor2D, parts: InputParts, name: InputPart): Tensor2D {
  if (parts.length === 1) return weight;
  const at = parts.findIndex((part) => part.name === name);
  const start = parts.slice(0, at).reduce((sum, { size }) => sum + size, 0);
  return slice(weight, [0, start], [weight.shape[0], (parts[at] as InputParts[number]).size]);
}

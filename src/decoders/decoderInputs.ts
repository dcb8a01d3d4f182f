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
import { linear } from '../ops/linear.js';
import { gatherTokens, repeatForTokens, type RealTokens } from '../ops/realTokens.js';
import type { RecurrentLayerWeights } from '../ops/recurrentLayers.js';
import type { RecurrentDecoderParts } from './recurrentDecoderStep.js';

/** What the first layer of a decoder can read; `feeding` is the attentional vector of the step before. */
export type InputPart = 'previous' | 'summary' | 'attention' | 'feeding';

/** The parts that stand side by side in the columns of `weight_ih_l0`, in this order, and their widths. */
export type InputParts = readonly { readonly name: InputPart; readonly size: number }[];

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

/**
 * Projects the parts that are known before the first step, for all positions: the embeddings by one product, the summary by
 * one product a sentence.
 *
 * @param previous embeddings `[positions, size]`
 * @param summary `[batch, size]`
 * @param order which positions, in the order of `previous`
 * @param affine what projects the embeddings
 * @returns `[positions, gates * units]`
 */
function projectPositions(
  { inputWeight, inputBias }: RecurrentLayerWeights,
  parts: InputParts,
  { previous, summary, order }: { previous: Tensor2D | null; summary: Tensor2D | null; order: RealTokens },
  affine: typeof linear,
): Tensor2D {
  const known =
    previous !== null && has(parts, 'previous')
      ? affine(previous, inputColumns(inputWeight, parts, 'previous'), inputBias)
      : add<Tensor2D>(zeros([order.count, inputBias.shape[0]]), inputBias);
  if (summary === null || !has(parts, 'summary')) return known;
  return add(known, repeatForTokens(linear(summary, inputColumns(inputWeight, parts, 'summary')), order));
}

/** What a decoder is fed, and the summary beside it. */
export interface FedSequence {
  /** Ids `[batch, time]` int32, or frames `[batch, time, features]`. */
  readonly fed: Tensor;
  /** `[batch, size]` */
  readonly summary: Tensor2D | null;
  /** A mask for what is read of `fed`, `[batch, time, size]`. */
  readonly dropout: Tensor3D | null;
}

/** What is read of the fed inputs at some positions, and how a layer projects it together with the summary. */
export function readPositions(
  { layout, embed }: RecurrentDecoderParts,
  { fed, summary, dropout }: FedSequence,
  order: RealTokens,
  affine: typeof linear = linear,
): { previous: Tensor2D | null; project: (weights: RecurrentLayerWeights) => Tensor2D } {
  let previous: Tensor2D | null = layout.usesPrevious ? (embed(gatherTokens(fed, order)) as Tensor2D) : null;
  if (previous !== null && dropout !== null)
    previous = mul<Tensor2D>(previous, gatherTokens<Tensor2D>(dropout, order));
  const project = (weights: RecurrentLayerWeights): Tensor2D =>
    projectPositions(weights, layout.inputs, { previous, summary, order }, affine);
  return { previous, project };
}

/** The columns of `weight_ih_l0` that read one part: `[gates * units, size]`. */
export function inputColumns(weight: Tensor2D, parts: InputParts, name: InputPart): Tensor2D {
  if (parts.length === 1) return weight;
  const at = parts.findIndex((part) => part.name === name);
  const start = parts.slice(0, at).reduce((sum, { size }) => sum + size, 0);
  return slice(weight, [0, start], [weight.shape[0], (parts[at] as InputParts[number]).size]);
}

/** Whether a part is read at all. */
export function has(parts: InputParts, name: InputPart): boolean {
  return parts.some((part) => part.name === name);
}

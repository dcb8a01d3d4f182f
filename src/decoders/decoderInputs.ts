import { add, concat, reshape, slice, zeros, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import { linear } from '../ops/linear.js';
import type { RecurrentLayerWeights } from '../ops/recurrentLayers.js';

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
 * Projects the parts that are known before the first step, for all steps: the embeddings by one product, the summary by one
 * product a sentence.
 *
 * @param previous embeddings `[batch, time, size]`
 * @param summary `[batch, size]`
 * @returns `[batch, time, gates * units]`
 */
export function projectSequence(
  { inputWeight, inputBias }: RecurrentLayerWeights,
  parts: InputParts,
  {
    previous,
    summary,
    batch,
    time,
  }: { previous: Tensor3D | null; summary: Tensor2D | null; batch: number; time: number },
): Tensor3D {
  const gates = inputBias.shape[0];
  const reads = {
    previous: previous !== null && has(parts, 'previous'),
    summary: summary !== null && has(parts, 'summary'),
  };
  const everyStep = reads.previous
    ? linear(previous as Tensor3D, inputColumns(inputWeight, parts, 'previous'), inputBias)
    : add<Tensor3D>(zeros([batch, time, gates]), inputBias);
  if (!reads.summary) return everyStep;
  const fromSummary: Tensor2D = linear(summary as Tensor2D, inputColumns(inputWeight, parts, 'summary'));
  return add(everyStep, reshape(fromSummary, [batch, 1, gates]));
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

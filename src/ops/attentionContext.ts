import { matMul, reshape, type Rank, type Tensor, type Tensor3D } from '@tensorflow/tfjs-core';
import { maskedSoftmax } from './maskedSoftmax.js';

/**
 * The last step of an attention: scores become weights, and the context is the mean of the memory with these
 * weights. The package exports it as `weightedMemory`.
 *
 * @param scores `[batch, queries, sourceTime]`
 * @param mask `[batch, sourceTime]` for all queries alike, or `[batch, queries, sourceTime]`; 1 = may be
 * attended
 * @param memory `[batch, sourceTime, size]`
 * @returns `context` `[batch, queries, size]`, and `weights` as {@link maskedSoftmax} makes them
 *
 * @example
 * ```ts
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { weightedMemory } from 'tfjs-seq2seq';
 * import { ones, zeros } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const { context } = weightedMemory(zeros([1, 1, 3]), ones([1, 3]), ones([1, 3, 4]));
 * console.log(context.shape); // [1, 1, 4]
 * ```
 */
export function attentionContext(
  scores: Tensor3D,
  mask: Tensor<Rank.R2 | Rank.R3>,
  memory: Tensor3D,
): { context: Tensor3D; weights: Tensor3D } {
  const [batch, time] = memory.shape;
  const allowed = mask.rank === 2 ? reshape(mask, [batch, 1, time]) : mask;
  const weights = maskedSoftmax(scores, allowed);
  return { context: matMul(weights, memory), weights };
}

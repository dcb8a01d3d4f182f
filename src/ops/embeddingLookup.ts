import { gather, reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * The rows of an embedding matrix that ids name.
 *
 * @param weight `[vocabulary, size]`
 * @param ids int32 of any shape
 * @returns `[...ids.shape, size]`
 */
export function embeddingLookup(weight: Tensor2D, ids: Tensor): Tensor {
  const rows = gather(weight, reshape(ids, [-1])); // [n, size]
  return reshape(rows, [...ids.shape, weight.shape[1]]);
}

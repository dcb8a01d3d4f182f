import { gather, reshape, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * The rows of an embedding matrix that ids name.
 *
 * @param weight `[vocabulary, size]`
 * @param ids int32 of any shape
 * @returns `[...ids.shape, size]`
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { embeddingLookup } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const weight = tensor2d([[0, 0], [1, 2], [3, 4]]);
 * console.log(await embeddingLookup(weight, tensor1d([2, 1], 'int32')).array()); // [[3, 4], [1, 2]]
 * ```
 */
export function embeddingLookup(weight: Tensor2D, ids: Tensor): Tensor {
  const rows = gather(weight, reshape(ids, [-1])); // [n, size]
  return reshape(rows, [...ids.shape, weight.shape[1]]);
}

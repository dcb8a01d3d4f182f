import { add, gather, reshape, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * `x[row, ids[row, i]]`, `[rows, count]`.
 *
 * `tf.gather` with `batchDims` would say the same, but its wasm kernel in tfjs 4.22 gives wrong values.
 *
 * @param x `[rows, columns]`
 * @param ids `[rows, count]` int32
 */
export function gatherColumns(x: Tensor2D, ids: Tensor2D): Tensor2D {
  const [rows, columns] = x.shape;
  const starts = Int32Array.from({ length: rows }, (_, row) => row * columns);
  const flat = reshape(add(ids, tensor2d(starts, [rows, 1], 'int32')), [-1]);
  return reshape(gather(reshape(x, [-1]), flat), ids.shape);
}

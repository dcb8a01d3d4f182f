import { add, matMul, reshape, type Tensor1D, type Tensor2D, type Tensor } from '@tensorflow/tfjs-core';

/**
 * An affine map over the last axis: `y = x Wᵀ + b`.
 *
 * @param x `[..., in]`
 * @param weight `[out, in]`, PyTorch's layout
 * @param bias `[out]`, or nothing
 * @returns `[..., out]`
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { linear } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const y = linear(tensor2d([[1, 2]]), tensor2d([[1, 0], [0, 1], [1, 1]]), tensor1d([0, 0, 10]));
 * console.log(await y.array()); // [[1, 2, 13]]
 * ```
 */
export function linear<T extends Tensor>(x: T, weight: Tensor2D, bias?: Tensor1D | null): T {
  const [out, size] = weight.shape;
  const rows = reshape(x, [-1, size]);
  const product = matMul(rows, weight, false, true); // [rows, out]
  const shifted = bias === undefined || bias === null ? product : add(product, bias);
  return reshape(shifted, [...x.shape.slice(0, -1), out]) as T;
}

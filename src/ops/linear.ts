import { add, matMul, reshape, type Tensor1D, type Tensor2D, type Tensor } from '@tensorflow/tfjs-core';

/**
 * An affine map over the last axis: `y = x Wᵀ + b`.
 *
 * @param x `[..., in]`
 * @param weight `[out, in]`, PyTorch's layout
 * @param bias `[out]`, or nothing
 * @returns `[..., out]`
 */
export function linear<T extends Tensor>(x: T, weight: Tensor2D, bias?: Tensor1D | null): T {
  const [out, size] = weight.shape;
  const rows = reshape(x, [-1, size]);
  const product = matMul(rows, weight, false, true); // [rows, out]
  const shifted = bias === undefined || bias === null ? product : add(product, bias);
  return reshape(shifted, [...x.shape.slice(0, -1), out]) as T;
}

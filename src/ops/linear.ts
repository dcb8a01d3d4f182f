import { add, matMul, reshape, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { recordingGradients, runKernel, type KernelDefinition } from '../core/engine.js';

/**
 * Inputs: `x` `[rows, in]`, `weight` `[out, in]` and `bias` `[out]`, all float32. Output: `[rows, out]`.
 *
 * The fused product of tfjs is no help here. On wasm it adds wrong biases to all rows but the first where
 * weights are transposed.
 */
export const LINEAR: KernelDefinition = {
  name: 'Seq2SeqLinear',
  compose: ({ inputs }) => {
    const { x, weight, bias } = inputs as unknown as Record<'x' | 'weight' | 'bias', Tensor>;
    return tidy(() => add(matMul(x, weight, false, true), bias));
  },
};

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
  const rows: Tensor2D = x.rank === 2 ? (x as unknown as Tensor2D) : (reshape(x, [-1, size]) as Tensor2D);
  const result = affine(rows, weight, bias ?? null); // [rows, out]
  return (x.rank === 2 ? result : reshape(result, [...x.shape.slice(0, -1), out])) as T;
}

/**
 * Product and bias. Without a gradient to record, both are one kernel. With one, they are two operations,
 * because tfjs has the gradients of those two.
 */
function affine(x: Tensor2D, weight: Tensor2D, bias: Tensor1D | null): Tensor2D {
  const [out, size] = weight.shape;
  const floats = [x, weight, bias].every((tensor) => tensor?.dtype === 'float32');
  const fits = floats && x.shape[1] === size && bias?.shape[0] === out;
  if (bias === null || recordingGradients() || !fits) {
    const product: Tensor2D = matMul(x, weight, false, true);
    return bias === null ? product : add<Tensor2D>(product, bias);
  }
  return runKernel(LINEAR, { x, weight, bias });
}

import { square, sum, tidy, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel, type KernelDefinition } from '../core/engine.js';

/**
 * Input: `x` of any shape. Output: its sum of squares, a scalar. Not differentiable: it serves the
 * optimizers.
 */
export const SUM_OF_SQUARES: KernelDefinition = {
  name: 'Seq2SeqSumOfSquares',
  compose: ({ inputs }) => tidy(() => sum(square(inputs['x'] as Tensor))),
};

/** The sum of the squares of every element of `x`. Not differentiable. */
export function sumOfSquares(x: Tensor): Scalar {
  return runKernel<Scalar>(SUM_OF_SQUARES, { x });
}

import { mul, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel, type KernelDefinition } from '../../core/engine.js';

/** Inputs `x` and the scalar `factor`; output `x * factor`, which may share the data of `x`. */
export const SCALED: KernelDefinition = {
  name: 'Seq2SeqScaled',
  compose: ({ inputs }) => mul(inputs['x'] as Tensor, inputs['factor'] as Tensor),
};

/**
 * A gradient times the one that flows in from above, which is nearly always 1 for a loss. A backend that can
 * read it at no cost then copies nothing.
 */
export function scaled<T extends Tensor>(x: T, factor: Scalar): T {
  return runKernel<T>(SCALED, { x, factor });
}

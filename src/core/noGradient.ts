import { customGrad, type Tensor } from '@tensorflow/tfjs-core';

/** Runs `compute` off the gradient tape: nothing flows back through its result. */
export function noGradient<T extends Tensor>(compute: () => T): T {
  return customGrad(() => ({ value: compute(), gradFunc: () => [] }))() as T;
}

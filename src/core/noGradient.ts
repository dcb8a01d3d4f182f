import { engine } from '@tensorflow/tfjs-core';
import { tidyTensors } from './containers.js';

/** Runs `compute` off the gradient tape, as kernels run: nothing flows back through its result. */
export function noGradient<T>(compute: () => T): T {
  const { state } = engine();
  state.kernelDepth++;
  try {
    return tidyTensors(compute);
  } finally {
    state.kernelDepth--;
  }
}

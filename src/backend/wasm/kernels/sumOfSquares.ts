import { util } from '@tensorflow/tfjs-core';
import { SUM_OF_SQUARES } from '../../../ops/sumOfSquares.js';
import { input, type NativeKernel } from '../nativeKernel.js';

/** The sum of the squares of every element, for the global norm. */
export const sumOfSquares: NativeKernel = {
  name: SUM_OF_SQUARES.name,
  run(heap, call) {
    const x = input(call, 'x');
    const out = heap.output([]);
    const sum = heap.kernels.sumOfSquares({ x: heap.address(x), count: util.sizeFromShape(x.shape) });
    heap.write(out, sum);
    return out;
  },
};

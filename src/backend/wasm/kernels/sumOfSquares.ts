import { util } from '@tensorflow/tfjs-core';
import { input, type NativeKernel } from '../nativeKernel.js';

/** The sum of the squares of every element, for the global norm. */
export const sumOfSquares: NativeKernel = {
  name: 'Seq2SeqSumOfSquares',
  run(heap, call) {
    const x = input(call, 'x');
    const out = heap.output([]);
    const sum = heap.kernels.sumOfSquares({ x: heap.address(x), count: util.sizeFromShape(x.shape) });
    heap.write(out, sum);
    return out;
  },
};

import { util } from '@tensorflow/tfjs-core';
import { input, type NativeKernel } from '../nativeKernel.js';

/** The sum of the squares of every element, for the global norm. */
export const sumOfSquares: NativeKernel = {
  name: 'Seq2SeqSumOfSquares',
  run(heap, call) {
    const x = input(call, 'x');
    const out = heap.output([]);
    heap.write(out, heap.kernels.sumOfSquares(heap.address(x), util.sizeFromShape(x.shape)));
    return out;
  },
};

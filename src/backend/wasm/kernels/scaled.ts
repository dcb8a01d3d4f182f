import { util } from '@tensorflow/tfjs-core';
import { input, type NativeKernel } from '../nativeKernel.js';

/** A tensor times a scalar. Where that is 1, the result shares the tensor's data. */
export const scaled: NativeKernel = {
  name: 'Seq2SeqScaled',
  run(heap, call) {
    const x = input(call, 'x');
    const factor = heap.read(input(call, 'factor'));
    if (factor === 1) return heap.share(x);
    const out = heap.output(x.shape);
    const count = util.sizeFromShape(x.shape);
    heap.kernels.scale({ x: heap.address(x), factor, out: heap.address(out), count });
    return out;
  },
};

import { Sigmoid, Tanh, util } from '@tensorflow/tfjs-core';
import { input, type NativeKernel } from '../nativeKernel.js';

/** `tf.tanh`, which tfjs computes an element at a time. */
export const tanh: NativeKernel = unary(Tanh, 'tanh');

/** `tf.sigmoid`. */
export const sigmoid: NativeKernel = unary(Sigmoid, 'sigmoid');

function unary(name: string, kernel: 'tanh' | 'sigmoid'): NativeKernel {
  return {
    name,
    run(heap, call) {
      const x = input(call, 'x');
      if (x.dtype !== 'float32') return call.original();
      const out = heap.output(x.shape);
      const count = util.sizeFromShape(x.shape);
      heap.kernels[kernel]({ x: heap.address(x), out: heap.address(out), count });
      return out;
    },
  };
}

import { TopK, util } from '@tensorflow/tfjs-core';
import { attribute, input, type NativeKernel } from '../nativeKernel.js';

/** For more than these, insertion is slower than tfjs's selection. */
const MOST = 64;

/** `tf.topk` of a few. tfjs's kernel copies all scores out of WebAssembly and sorts them there. */
export const topK: NativeKernel = {
  name: TopK,
  run(heap, call) {
    const x = input(call, 'x');
    const k = attribute<number>(call, 'k');
    const size = x.shape.at(-1) ?? 0;
    if (x.dtype !== 'float32' || k < 1 || k > Math.min(MOST, size)) return call.original();
    const shape = [...x.shape.slice(0, -1), k];
    const values = heap.output(shape);
    const indices = heap.output(shape, 'int32');
    heap.kernels.topK({
      x: heap.address(x),
      rows: util.sizeFromShape(x.shape) / size,
      size,
      k,
      values: heap.address(values),
      indices: heap.address(indices),
    });
    return [values, indices];
  },
};

import { Sum, util } from '@tensorflow/tfjs-core';
import { input, type NativeKernel } from '../nativeKernel.js';

/**
 * Sums over neighbouring axes that are not the last, such as the gradient of every bias. For these tfjs
 * transposes the whole tensor. All other sums are left to tfjs.
 */
export const sum: NativeKernel = {
  name: Sum,
  run(heap, call) {
    const x = input(call, 'x');
    const { axis, keepDims } = call.attributes as unknown as { axis?: number | number[]; keepDims?: boolean };
    const axes = util.parseAxisParam(axis ?? x.shape.map((_, i) => i), x.shape).sort((a, b) => a - b);
    const first = axes[0] ?? 0;
    const last = axes.at(-1) ?? 0;
    const neighbours = axes.length > 0 && last - first === axes.length - 1;
    if (x.dtype !== 'float32' || !neighbours || last >= x.shape.length - 1) return call.original();
    const before = x.shape.slice(0, first);
    const after = x.shape.slice(last + 1);
    const out = heap.output(
      keepDims === true ? [...before, ...axes.map(() => 1), ...after] : [...before, ...after],
    );
    heap.kernels.sumRows({
      x: heap.address(x),
      out: heap.address(out),
      outer: util.sizeFromShape(before),
      rows: util.sizeFromShape(x.shape.slice(first, last + 1)),
      columns: util.sizeFromShape(after),
    });
    return out;
  },
};

import { SplitV, Unpack, backend_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';
import { input, type NativeKernel } from '../nativeKernel.js';

/** `tf.split`: parts of a tensor along one axis. */
export const splitV: NativeKernel = {
  name: SplitV,
  run(heap, call) {
    const x = input(call, 'x');
    if (x.dtype === 'string' || x.dtype === 'complex64') return call.original();
    const { numOrSizeSplits, axis } = call.attributes as { numOrSizeSplits: number | number[]; axis: number };
    const along = util.parseAxisParam(axis, x.shape)[0] as number;
    const sizes = backend_util.prepareSplitSize(x as never, numOrSizeSplits, along);
    return parts(heap, x, along, sizes, (size) => x.shape.map((whole, i) => (i === along ? size : whole)));
  },
};

/** `tf.unstack`: each position of one axis, without that axis. */
export const unpack: NativeKernel = {
  name: Unpack,
  run(heap, call) {
    const x = input(call, 'value');
    if (x.dtype === 'string' || x.dtype === 'complex64') return call.original();
    const along = util.parseAxisParam((call.attributes as { axis: number }).axis, x.shape)[0] as number;
    const sizes = new Array<number>(x.shape[along] as number).fill(1);
    return parts(heap, x, along, sizes, () => x.shape.filter((_, i) => i !== along));
  },
};

function parts(
  heap: Heap,
  x: TensorInfo,
  axis: number,
  sizes: readonly number[],
  shapeOf: (size: number) => number[],
): TensorInfo[] {
  const inner = util.bytesPerElement(x.dtype) * util.sizeFromShape(x.shape.slice(axis + 1));
  const outer = util.sizeFromShape(x.shape.slice(0, axis));
  const stride = inner * (x.shape[axis] as number);
  let begin = 0;
  return sizes.map((size) => {
    const out = heap.output(shapeOf(size), x.dtype);
    const bytes = size * inner;
    heap.kernels.copyRuns({
      from: heap.address(x) + begin,
      to: heap.address(out),
      count: outer,
      bytes,
      stride,
    });
    begin += bytes;
    return out;
  });
}

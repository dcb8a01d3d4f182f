import { Slice, slice_util, util } from '@tensorflow/tfjs-core';
import { input, type NativeKernel } from '../nativeKernel.js';

/** A part of a tensor, copied run by run. tfjs's kernel first copies the whole tensor out of WebAssembly. */
export const slice: NativeKernel = {
  name: Slice,
  run(heap, call) {
    const x = input(call, 'x');
    if (x.dtype === 'string' || x.dtype === 'complex64') return call.original();
    const { begin: from, size: wanted } = call.attributes as unknown as Record<'begin' | 'size', number[]>;
    const [begin, size] = slice_util.parseSliceParams(x as never, from, wanted) as [number[], number[]];
    slice_util.assertParamsValid(x as never, begin, size);
    const out = heap.output(size, x.dtype);
    if (util.sizeFromShape(size) === 0) return out;

    const bytesPer = util.bytesPerElement(x.dtype);
    const strides = x.shape.map((_, axis) => bytesPer * util.sizeFromShape(x.shape.slice(axis + 1)));
    const at = (axis: number): number => strides[axis] ?? bytesPer;
    // Every axis behind `run` is taken whole, so that what is taken of `run` is one piece.
    let run = x.shape.length - 1;
    while (run > 0 && size[run] === x.shape[run]) run--;
    const bytes = (size[run] ?? 1) * at(run);
    const rows = run > 0 ? (size[run - 1] as number) : 1;
    const copy = (axis: number, source: number, target: number): number => {
      if (axis >= run - 1) {
        heap.kernels.copyRuns({ from: source, to: target, count: rows, bytes, stride: at(run - 1) });
        return target + rows * bytes;
      }
      for (let i = 0; i < (size[axis] as number); i++) target = copy(axis + 1, source + i * at(axis), target);
      return target;
    };
    const start = begin.reduce((sum, position, axis) => sum + position * at(axis), 0);
    copy(0, heap.address(x) + start, heap.address(out));
    return out;
  },
};

import { GatherV2, backend_util, util } from '@tensorflow/tfjs-core';
import { attribute, input, type NativeKernel } from '../nativeKernel.js';

/** `tf.gather`, row by row. tfjs's kernel goes element by element, and is wrong with `batchDims`. */
export const gather: NativeKernel = {
  name: GatherV2,
  run(heap, call) {
    const x = input(call, 'x');
    const indices = input(call, 'indices');
    if (x.dtype === 'string' || x.dtype === 'complex64' || indices.dtype !== 'int32') return call.original();
    const axis = util.parseAxisParam(attribute<number>(call, 'axis'), x.shape)[0] as number;
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } =
      backend_util.segment_util.collectGatherOpShapeInfo(
        x as never,
        indices as never,
        axis,
        attribute<number>(call, 'batchDims'),
      );
    const total = util.sizeFromShape(indices.shape);
    const wrong = heap.kernels.findOutside({ ids: heap.address(indices), count: total, size: dimSize });
    util.assert(
      wrong < 0,
      () =>
        `gather: the index at position ${wrong} of indices is not in [0, ${dimSize - 1}], axis ${axis} of x.`,
    );
    const out = heap.output(outputShape, x.dtype);
    if (util.sizeFromShape(outputShape) === 0) return out;
    heap.kernels.gatherRows({
      x: heap.address(x),
      ids: heap.address(indices),
      out: heap.address(out),
      batch: batchSize,
      outer: outerSize,
      size: dimSize,
      count: total / batchSize,
      bytes: sliceSize * util.bytesPerElement(x.dtype),
    });
    return out;
  },
};

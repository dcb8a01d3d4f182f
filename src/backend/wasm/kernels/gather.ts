import { backend_util, util } from '@tensorflow/tfjs-core';
import { attribute, input, type NativeKernel } from '../nativeKernel.js';

/** `tf.gather`, row by row; tfjs's kernel goes element by element, and is wrong with `batchDims`. */
export const gather: NativeKernel = {
  name: 'GatherV2',
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
    const wrong = heap.kernels.findOutside(heap.address(indices), total, dimSize);
    util.assert(
      wrong < 0,
      () =>
        `gather: the index at position ${wrong} of indices is not in [0, ${dimSize - 1}], axis ${axis} of x.`,
    );
    const out = heap.output(outputShape, x.dtype);
    if (util.sizeFromShape(outputShape) === 0) return out;
    heap.kernels.gatherRows(
      heap.address(x),
      heap.address(indices),
      heap.address(out),
      batchSize,
      outerSize,
      dimSize,
      total / batchSize,
      sliceSize * util.bytesPerElement(x.dtype),
    );
    return out;
  },
};

import { UnsortedSegmentSum, util } from '@tensorflow/tfjs-core';
import { attribute, input, type NativeKernel } from '../nativeKernel.js';

/**
 * `tf.unsortedSegmentSum`: the gradient of `tf.gather`, and so of every embedding. It skips ids out of range.
 */
export const unsortedSegmentSum: NativeKernel = {
  name: UnsortedSegmentSum,
  run(heap, call) {
    const x = input(call, 'x');
    const segmentIds = input(call, 'segmentIds');
    const numSegments = attribute<number>(call, 'numSegments');
    util.assert(
      x.dtype === 'float32' && segmentIds.dtype === 'int32',
      () =>
        'unsortedSegmentSum on wasm: expected x float32 and segmentIds int32 ' +
        `but received ${x.dtype} and ${segmentIds.dtype}.`,
    );
    const rank = segmentIds.shape.length;
    util.assert(
      util.arraysEqual(x.shape.slice(0, rank), segmentIds.shape),
      () =>
        'unsortedSegmentSum: expected x to start with the shape of segmentIds, ' +
        `[${String(segmentIds.shape)}], but received [${String(x.shape)}].`,
    );
    const inner = x.shape.slice(rank);
    const out = heap.output([numSegments, ...inner]);
    heap.kernels.segmentSum({
      x: heap.address(x),
      ids: heap.address(segmentIds),
      count: util.sizeFromShape(segmentIds.shape),
      size: util.sizeFromShape(inner),
      segments: numSegments,
      out: heap.address(out),
    });
    return out;
  },
};

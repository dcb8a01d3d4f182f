import { Conv2DBackpropFilter, backend_util, util } from '@tensorflow/tfjs-core';
import { attribute, input, type NativeKernel } from '../nativeKernel.js';

/** Bytes of the windows that stand in memory at once. */
const WORK_BYTES = 4 * 1024 * 1024;

/** The gradient of `tf.conv1d` and `tf.conv2d` for the filter, which tfjs lacks on wasm. */
export const conv2dBackpropFilter: NativeKernel = {
  name: Conv2DBackpropFilter,
  run(heap, call) {
    const x = input(call, 'x');
    const dy = input(call, 'dy');
    const dataFormat = attribute<'NHWC' | 'NCHW'>(call, 'dataFormat');
    util.assert(
      dataFormat === 'NHWC' && x.dtype === 'float32' && dy.dtype === 'float32',
      () =>
        'conv2dBackpropFilter on wasm: expected float32 and NHWC ' +
        `but received ${x.dtype}, ${dy.dtype} and ${dataFormat}.`,
    );
    const info = backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      attribute<[number, number, number, number]>(call, 'filterShape'),
      attribute<number | [number, number]>(call, 'strides'),
      1,
      attribute<'valid' | 'same' | number>(call, 'pad'),
      attribute<'floor' | 'round' | 'ceil'>(call, 'dimRoundingMode'),
      false,
      backend_util.convertConv2DDataFormat(dataFormat),
    );
    const imageBytes =
      4 * info.outHeight * info.outWidth * info.filterHeight * info.filterWidth * info.inChannels;
    const chunk = Math.min(Math.max(info.batchSize, 1), Math.ceil(WORK_BYTES / Math.max(imageBytes, 1)));
    const out = heap.output(info.filterShape);
    heap.borrow(chunk * imageBytes, (work) => {
      heap.kernels.filterGradient({
        x: heap.address(x),
        dy: heap.address(dy),
        batch: info.batchSize,
        height: info.inHeight,
        width: info.inWidth,
        channels: info.inChannels,
        filterHeight: info.filterHeight,
        filterWidth: info.filterWidth,
        strideHeight: info.strideHeight,
        strideWidth: info.strideWidth,
        top: info.padInfo.top,
        left: info.padInfo.left,
        outHeight: info.outHeight,
        outWidth: info.outWidth,
        outChannels: info.outChannels,
        chunk,
        out: heap.address(out),
        work,
        scratch: heap.scratch,
      });
    });
    return out;
  },
};

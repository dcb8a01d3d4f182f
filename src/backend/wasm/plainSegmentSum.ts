import {
  UnsortedSegmentSum,
  util,
  type KernelBackend,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';

/**
 * `tf.unsortedSegmentSum` for wasm in plain JavaScript, with nothing but what every version of tfjs has.
 * Where the kernels cannot be installed, no embedding would train without it.
 */
export const plainSegmentSum: KernelConfig = {
  kernelName: UnsortedSegmentSum,
  backendName: 'wasm',
  kernelFunc({ inputs, backend, attrs }) {
    const wasm = backend as KernelBackend;
    const { x, segmentIds } = inputs as unknown as Record<'x' | 'segmentIds', TensorInfo>;
    const segments = (attrs as unknown as { numSegments: number }).numSegments;
    const shape = [segments, ...x.shape.slice(segmentIds.shape.length)];
    const size = util.sizeFromShape(shape.slice(1));
    const values = wasm.readSync(x.dataId) as Float32Array;
    const ids = wasm.readSync(segmentIds.dataId) as Int32Array;
    const sums = new Float32Array(segments * size);
    ids.forEach((id, row) => {
      if (id < 0 || id >= segments) return;
      const to = id * size;
      for (let i = 0; i < size; i++) {
        sums[to + i] = (sums[to + i] as number) + (values[row * size + i] as number);
      }
    });
    return { dataId: wasm.write(sums, shape, 'float32'), shape, dtype: 'float32' };
  },
};

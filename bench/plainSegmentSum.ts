import { registerKernel, util, type TensorInfo } from '@tensorflow/tfjs-core';

/** The least that tfjs lacks to train an embedding on wasm: `sums[ids[i]] += x[i]`. */
export function registerPlainSegmentSum(): void {
  registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const wasm = backend as {
        makeOutput(shape: number[], dtype: string): TensorInfo;
        typedArrayFromHeap(tensor: TensorInfo): Float32Array;
      };
      const [x, ids] = [inputs['x'], inputs['segmentIds']] as [TensorInfo, TensorInfo];
      const inner = x.shape.slice(ids.shape.length);
      const size = util.sizeFromShape(inner);
      const out = wasm.makeOutput([attrs?.['numSegments'] as number, ...inner], 'float32');
      const [values, rows, sums] = [x, ids, out].map((tensor) => wasm.typedArrayFromHeap(tensor)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      sums.fill(0);
      for (let i = 0; i < rows.length; i++) {
        const to = (rows[i] as number) * size;
        for (let j = 0; j < size; j++)
          sums[to + j] = (sums[to + j] as number) + (values[i * size + j] as number);
      }
      return out;
    },
  });
}

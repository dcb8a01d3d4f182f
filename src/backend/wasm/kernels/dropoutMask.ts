import { util } from '@tensorflow/tfjs-core';
import { attribute, type NativeKernel } from '../nativeKernel.js';

/** A dropout mask by the hash that `src/ops/dropoutMask.ts` defines. */
export const dropoutMask: NativeKernel = {
  name: 'Seq2SeqDropoutMask',
  run(heap, call) {
    const out = heap.output(attribute<number[]>(call, 'shape'));
    const rate = attribute<number>(call, 'rate');
    heap.kernels.dropoutMask({
      out: heap.address(out),
      count: util.sizeFromShape(out.shape),
      seed: attribute<number>(call, 'seed'),
      threshold: Math.floor(rate * 0x100_0000),
      kept: 1 / (1 - rate),
    });
    return out;
  },
};

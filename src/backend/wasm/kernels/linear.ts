import { checkFloats } from '../../../core/checkFloats.js';
import { input, type NativeKernel } from '../nativeKernel.js';
import { multiply } from './batchMatMul.js';

/** x Wᵀ + bias. */
export const linear: NativeKernel = {
  name: 'Seq2SeqLinear',
  run(heap, call) {
    const [x, weight, bias] = [input(call, 'x'), input(call, 'weight'), input(call, 'bias')] as const;
    const [rows] = x.shape as [number];
    const [out, size] = weight.shape as [number, number];
    checkFloats('linear', call.inputs, { x: [rows, size], weight: [out, size], bias: [out] });
    return multiply(heap, x, weight, false, true, bias);
  },
};

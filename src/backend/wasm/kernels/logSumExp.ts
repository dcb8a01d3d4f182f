import { checkFloats } from '../../../core/checkFloats.js';
import { input, type NativeKernel } from '../nativeKernel.js';

/** The logarithm of each row's softmax denominator: one pass for the maximum, and one for the sum. */
export const logSumExp: NativeKernel = {
  name: 'Seq2SeqLogSumExp',
  run(heap, call) {
    const x = input(call, 'x');
    const [rows, size] = x.shape as [number, number];
    checkFloats('logSumExp', call.inputs, { x: [rows, size] });
    const out = heap.output([rows, 1]);
    heap.kernels.logSumExp({ x: heap.address(x), rows, size, out: heap.address(out) });
    return out;
  },
};

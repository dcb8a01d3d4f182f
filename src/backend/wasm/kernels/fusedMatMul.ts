import { _FusedMatMul, util } from '@tensorflow/tfjs-core';
import { Activation } from '../generated/kernels.js';
import { attribute, input, type NativeKernel } from '../nativeKernel.js';
import { multiply } from './batchMatMul.js';
import { prefersThreads } from './prefersThreads.js';

/** The activations that one kernel computes; sigmoid has its own. */
const activations: Readonly<Record<string, Activation | undefined>> = Activation;

/**
 * `tf.fused.matMul`: product, bias and activation. tfjs keeps other activations, such as PReLU, which has
 * weights.
 */
export const fusedMatMul: NativeKernel = {
  name: _FusedMatMul,
  run(heap, call) {
    const a = input(call, 'a');
    const b = input(call, 'b');
    const bias = call.inputs['bias'] ?? undefined;
    const activation = attribute<string>(call, 'activation');
    const transposeA = attribute<boolean>(call, 'transposeA');
    const transposeB = attribute<boolean>(call, 'transposeB');
    const columns = b.shape[b.shape.length - (transposeB ? 2 : 1)] as number;
    const biasFits = bias === undefined || (bias.shape.length === 1 && bias.shape[0] === columns);
    const number = activations[activation];
    const known = number !== undefined || activation === 'sigmoid' || activation === 'linear';
    const floats = [a, b, bias].every((tensor) => tensor === undefined || tensor.dtype === 'float32');
    if (!floats || !biasFits || !known) return call.original();
    if (prefersThreads(heap, a, b, transposeA, transposeB)) return call.original();

    const out = multiply(heap, a, b, transposeA, transposeB, bias);
    const count = util.sizeFromShape(out.shape);
    const address = heap.address(out);
    if (activation === 'sigmoid') heap.kernels.sigmoid({ x: address, out: address, count });
    if (number !== undefined) {
      const slope = attribute<number>(call, 'leakyreluAlpha');
      heap.kernels.activate({ activation: number, x: address, count, slope });
    }
    return out;
  },
};

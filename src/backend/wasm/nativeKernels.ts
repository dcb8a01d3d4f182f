import { batchMatMul } from './kernels/batchMatMul.js';
import { fusedMatMul } from './kernels/fusedMatMul.js';
import { recurrent, recurrentGrad } from './kernels/recurrent.js';
import { sigmoid, tanh } from './kernels/unary.js';
import { unsortedSegmentSum } from './kernels/unsortedSegmentSum.js';
import type { NativeKernel } from './nativeKernel.js';

/** Every kernel that `installWasmKernels` registers. */
export const nativeKernels: readonly NativeKernel[] = [
  batchMatMul,
  fusedMatMul,
  unsortedSegmentSum,
  tanh,
  sigmoid,
  recurrent,
  recurrentGrad,
];

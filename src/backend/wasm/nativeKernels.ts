import { adam } from './kernels/adam.js';
import { additiveScores, additiveScoresGrad } from './kernels/additiveScores.js';
import { batchMatMul } from './kernels/batchMatMul.js';
import { conv2dBackpropFilter } from './kernels/conv2dBackpropFilter.js';
import { dropoutMask } from './kernels/dropoutMask.js';
import { fusedMatMul } from './kernels/fusedMatMul.js';
import { gather } from './kernels/gather.js';
import { identity } from './kernels/identity.js';
import { layerNorm, layerNormGrad } from './kernels/layerNorm.js';
import { linear } from './kernels/linear.js';
import { logSumExp } from './kernels/logSumExp.js';
import { projectedCrossEntropy } from './kernels/projectedCrossEntropy.js';
import { recurrent } from './kernels/recurrent.js';
import { scaled } from './kernels/scaled.js';
import { slice } from './kernels/slice.js';
import { splitV, unpack } from './kernels/splits.js';
import { sum } from './kernels/sum.js';
import { sumOfSquares } from './kernels/sumOfSquares.js';
import { topK } from './kernels/topK.js';
import { sigmoid, tanh } from './kernels/unary.js';
import { unsortedSegmentSum } from './kernels/unsortedSegmentSum.js';
import type { NativeKernel } from './nativeKernel.js';

/** Every kernel that `installWasmKernels` registers. */
export const nativeKernels: readonly NativeKernel[] = [
  batchMatMul,
  fusedMatMul,
  linear,
  gather,
  topK,
  unsortedSegmentSum,
  conv2dBackpropFilter,
  tanh,
  sigmoid,
  identity,
  slice,
  splitV,
  unpack,
  ...recurrent,
  additiveScores,
  additiveScoresGrad,
  layerNorm,
  layerNormGrad,
  logSumExp,
  projectedCrossEntropy,
  dropoutMask,
  sum,
  sumOfSquares,
  scaled,
  adam,
];

import { add, div, minimum, tidy, type Scalar } from '@tensorflow/tfjs-core';
import { finiteNumber } from '../core/options.js';

/**
 * The factor that shortens gradients of a given global norm to at most `maxNorm` (Pascanu et al. 2013,
 * algorithm 1). It is PyTorch's `min(1, maxNorm / (norm + 1e-6))`. Hand it to `optimizer.update`, and no
 * gradient need be touched.
 *
 * @param norm what `globalNorm` returned
 * @param maxNorm above 0
 * @returns a scalar that the caller owns
 * @throws `invalid-option` unless `maxNorm` is above 0
 *
 * @example
 * ```ts
 * import { scalar } from '@tensorflow/tfjs-core';
 * import { clipScale } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * console.log(await clipScale(scalar(5), 1).data()); // 0.2
 * ```
 */
export function clipScale(norm: Scalar, maxNorm: number): Scalar {
  finiteNumber({ above: 0 })('clipScale', 'maxNorm', maxNorm);
  return tidy(() => minimum(div(maxNorm, add(norm, 1e-6)), 1));
}

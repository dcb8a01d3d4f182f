import { mul, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import { clipScale } from './clipScale.js';
import type { NamedTensors } from './computeGradients.js';
import { globalNorm } from './globalNorm.js';

/** What {@link clipByGlobalNorm} returns; the caller owns every tensor. */
export interface ClippedGradients {
  /** New tensors, by the names of the originals. */
  readonly gradients: NamedTensors;
  /** The norm before clipping. */
  readonly norm: Scalar;
}

/**
 * Gradients, shortened together to a global norm of at most `maxNorm`, as PyTorch's `clip_grad_norm_`. The
 * originals stay.
 *
 * @param maxNorm above 0
 * @throws `invalid-option` unless `maxNorm` is above 0; `invalid-input` where there are no gradients
 *
 * @example
 * ```ts
 * import { tensor1d } from '@tensorflow/tfjs-core';
 * import { clipByGlobalNorm } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const { gradients, norm } = clipByGlobalNorm({ w: tensor1d([3, 4]) }, 1);
 * console.log(await norm.data(), await gradients['w']?.data()); // 5, then 0.6 and 0.8
 * ```
 */
export function clipByGlobalNorm(gradients: NamedTensors, maxNorm: number): ClippedGradients {
  const norm = globalNorm(gradients);
  const scale = clipScale(norm, maxNorm);
  const clipped = Object.entries(gradients).map(([name, gradient]): [string, Tensor] => [
    name,
    mul(gradient, scale),
  ]);
  scale.dispose();
  return { gradients: Object.fromEntries(clipped), norm };
}

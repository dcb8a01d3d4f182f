import { tensor1d, type Tensor1D } from '@tensorflow/tfjs-core';

/**
 * What `frameLoss` wants of the ends: 1 at the last frame of each sequence, 0 before it.
 *
 * @param lengths frames of each sequence, such as `batch.targetLengths`
 * @returns `[frames]` float32, sequence by sequence, which the caller owns
 * @example
 * ```ts
 * import { stopTargets } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * console.log(await stopTargets(Int32Array.of(2, 1)).data()); // 0 1 1
 * ```
 */
export function stopTargets(lengths: Int32Array): Tensor1D {
  const stops = new Float32Array(lengths.reduce((sum, length) => sum + length, 0));
  let end = 0;
  for (const length of lengths) {
    end += length;
    stops[end - 1] = 1;
  }
  return tensor1d(stops, 'float32');
}

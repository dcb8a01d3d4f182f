import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Lets each position see itself and those before it.
 *
 * @param time how many positions
 * @returns `[time, time]` float32, 1 where the column is not after the row; the caller owns it
 *
 * @example
 * ```ts
 * import { causalMask } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const mask = causalMask(3);
 * console.log(mask.arraySync()); // [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
 * mask.dispose();
 * ```
 */
export function causalMask(time: number): Tensor2D {
  const values = new Float32Array(time * time);
  for (let row = 0; row < time; row++) values.fill(1, row * time, row * time + row + 1);
  return tensor2d(values, [time, time]);
}

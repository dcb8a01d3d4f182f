import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Sinusoidal position encodings (Vaswani et al. 2017, §3.5): `table[p, 2i]` is `sin(p / 10000^(2i / width))`,
 * and `table[p, 2i + 1]` is the cosine of the same.
 *
 * @param first the position of the first row, from 0
 * @param count how many rows
 * @param width how many columns
 * @returns `[count, width]`, which the caller owns
 *
 * @example
 * ```ts
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { sinusoidalPositions } from 'tfjs-seq2seq';
 *
 * await useBackend('cpu');
 * console.log(sinusoidalPositions(0, 2, 4).shape); // [2, 4]
 * ```
 */
export function sinusoidalPositions(first: number, count: number, width: number): Tensor2D {
  const values = new Float32Array(count * width);
  for (let column = 0; column < width; column++) {
    const frequency = Math.pow(10000, -(column - (column % 2)) / width);
    const wave = column % 2 === 0 ? Math.sin : Math.cos;
    for (let row = 0; row < count; row++) values[row * width + column] = wave((first + row) * frequency);
  }
  return tensor2d(values, [count, width]);
}

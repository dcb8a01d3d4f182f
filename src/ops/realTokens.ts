import {
  gather,
  reshape,
  tensor1d,
  tidy,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';

/** Where the real tokens of a padded batch stand, sentence by sentence. */
export interface RealTokens {
  /** How many there are. */
  readonly count: number;
  /** Index of each real token in the flattened `[batch * time]`; `null` when every position is real. */
  readonly positions: Int32Array | null;
  /** The row of the batch that each real token belongs to. */
  readonly rows: Int32Array;
}

/**
 * Lists the real tokens of a batch without touching the device.
 *
 * @param lengths real tokens of each row
 * @param time length of the padded rows
 *
 * @example
 * ```ts
 * import { realTokens } from 'tfjs-seq2seq';
 *
 * console.log(realTokens(Int32Array.of(2, 1), 3)); // count 3, positions 0, 1, 3, rows 0, 0, 1
 * ```
 */
export function realTokens(lengths: Int32Array, time: number): RealTokens {
  const count = lengths.reduce((sum, length) => sum + length, 0);
  const rows = new Int32Array(count);
  const positions = new Int32Array(count);
  let next = 0;
  lengths.forEach((length, row) => {
    for (let t = 0; t < length; t++) {
      rows[next] = row;
      positions[next++] = row * time + t;
    }
  });
  return { count, positions: count === lengths.length * time ? null : positions, rows };
}

/**
 * Keeps the real tokens of a padded sequence, differentiably.
 *
 * @param sequence `[batch, time]` or `[batch, time, size]`
 * @returns `[tokens]` or `[tokens, size]`
 *
 * @example
 * ```ts
 * import { tensor2d, type Tensor1D } from '@tensorflow/tfjs-core';
 * import { gatherTokens, realTokens } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const padded = tensor2d([[5, 6, 0], [7, 0, 0]], [2, 3], 'int32');
 * const tokens = gatherTokens<Tensor1D>(padded, realTokens(Int32Array.of(2, 1), 3));
 * console.log(await tokens.array()); // [5, 6, 7]
 * ```
 */
export function gatherTokens<T extends Tensor1D | Tensor2D>(sequence: Tensor, { positions }: RealTokens): T {
  return tidy(() => {
    const [batch, time, ...rest] = sequence.shape as [number, number, ...number[]];
    const flat = reshape(sequence, [batch * time, ...rest]);
    return (positions === null ? flat : gather(flat, tensor1d(positions, 'int32'))) as T;
  });
}

/**
 * Repeats each row of `[batch, size]` for every real token of that row: `[tokens, size]`.
 *
 * @example
 * ```ts
 * import { tensor2d } from '@tensorflow/tfjs-core';
 * import { realTokens, repeatForTokens } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const perSentence = tensor2d([[1, 2], [3, 4]]);
 * const perToken = repeatForTokens(perSentence, realTokens(Int32Array.of(2, 1), 3));
 * console.log(await perToken.array()); // [[1, 2], [1, 2], [3, 4]]
 * ```
 */
export function repeatForTokens(perRow: Tensor2D, { rows }: RealTokens): Tensor2D {
  return tidy(() => gather(perRow, tensor1d(rows, 'int32')));
}

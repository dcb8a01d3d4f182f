import { tensor, tensor2d, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import type { Frames, Ids } from './example.js';

/** Where the padding stands. */
export type PaddingSide = 'end' | 'start';

/**
 * How many steps each row has. There must be at least one row.
 *
 * @param name what a row is, for messages
 * @param options `empty`: whether a row may have no step. Default false
 * @throws `invalid-input`
 */
export function lengthsOf(
  where: string,
  name: string,
  rows: readonly { readonly length: number }[],
  { empty = false }: { readonly empty?: boolean } = {},
): Int32Array {
  if (!Array.isArray(rows) || rows.length === 0) {
    throw mismatch('invalid-input', { where, expected: `a list of at least one ${name}`, received: rows });
  }
  return Int32Array.from(rows as readonly unknown[], (row, index) => {
    const length = (row as { readonly length: unknown } | undefined)?.length;
    if (typeof row === 'object' && typeof length === 'number' && (empty || length > 0)) return length;
    throw mismatch('invalid-input', {
      where,
      expected: `${name} ${index} to be a list${empty ? '' : ' that is not empty'}`,
      received: row,
      hint: empty ? '' : 'Leave empty sentences out.',
    });
  });
}

/** The longest of `lengths`. */
export function longestOf(lengths: Int32Array): number {
  return lengths.reduce((longest, length) => Math.max(longest, length), 0);
}

/** 1 at the real steps of each row, 0 at padding: `[rows, time]` float32. */
export function paddingMask(lengths: Int32Array, time: number, side: PaddingSide = 'end'): Tensor2D {
  const mask = new Float32Array(lengths.length * time);
  lengths.forEach((length, row) => {
    const first = row * time + (side === 'end' ? 0 : time - length);
    mask.fill(1, first, first + length);
  });
  return tensor2d(mask, [lengths.length, time], 'float32');
}

/** Ids under padding: `[rows, time]` int32. */
export function paddedIds(
  rows: readonly Ids[],
  time: number,
  padId: number,
  side: PaddingSide = 'end',
): Tensor2D {
  const ids = new Int32Array(rows.length * time).fill(padId);
  rows.forEach((row, index) => ids.set(row, index * time + (side === 'end' ? 0 : time - row.length)));
  return tensor2d(ids, [rows.length, time], 'int32');
}

/** Frames under padding with zeros: `[rows, time, features]` float32. Row `i` starts `delay` steps late. */
export function paddedFrames(rows: readonly Frames[], time: number, features: number, delay = 0): Tensor {
  const values = new Float32Array(rows.length * time * features);
  rows.forEach((row, index) => {
    for (let step = delay; step < row.length; step++) {
      values.set(row[step - delay] as ArrayLike<number>, (index * time + step) * features);
    }
  });
  return tensor(values, [rows.length, time, features], 'float32');
}

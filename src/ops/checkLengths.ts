import type { Tensor2D } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { readAtOnce } from '../core/readAtOnce.js';

/**
 * Refuses lengths that are not those of a mask whose padding is at the ends of the rows: with them, work would be left out that is
 * not padding. The mask is looked at where that waits for nothing (backends cpu, wasm and tensorflow).
 *
 * @param side which side of a batch, for messages
 * @param lengths real positions of each row
 * @param mask `[batch, time]`
 * @throws `invalid-shape`, `invalid-input`
 */
export function checkLengths(where: string, side: string, lengths: ArrayLike<number>, mask: Tensor2D): void {
  const [batch, time] = mask.shape;
  if (lengths?.length !== batch) {
    throw mismatch('invalid-shape', {
      where,
      expected: `${side} lengths of ${batch} rows`,
      received: lengths === undefined ? lengths : `${lengths.length} lengths`,
    });
  }
  const values = readAtOnce(mask);
  for (let row = 0; row < batch; row++) {
    const length = lengths[row] as number;
    if (!Number.isInteger(length) || length < 0 || length > time) {
      const expected = `${side} lengths from 0 to ${time}, the time of the mask,`;
      throw mismatch('invalid-input', { where, expected, received: length });
    }
    const isReal = (t: number): boolean => values === null || values[row * time + t] !== 0;
    const fits =
      (length === 0 || (isReal(0) && isReal(length - 1))) &&
      (values === null || length === time || !isReal(length));
    if (fits) continue;
    throw mismatch('invalid-input', {
      where,
      expected: `the ${side} mask of row ${row} to be 1 up to its length, ${length}, and 0 after it`,
      received: Array.from({ length: time }, (_, t) => Number(isReal(t))),
      hint: 'Padding must be at the end of each row: collate() makes it so.',
    });
  }
}

import { mismatch } from '../core/errors.js';

/**
 * Refuses lengths that cannot be those of the rows of a padded batch.
 *
 * @param side which side of a batch, for messages
 * @param lengths real positions of each row
 * @throws `invalid-shape`, `invalid-input`
 */
export function checkLengths(
  where: string,
  side: string,
  lengths: ArrayLike<number>,
  [batch, time]: [number, number],
): void {
  if (lengths?.length !== batch) {
    throw mismatch('invalid-shape', {
      where,
      expected: `${side} lengths of ${batch} rows`,
      received: lengths === undefined ? lengths : `${lengths.length} lengths`,
    });
  }
  for (const length of Array.from(lengths)) {
    if (Number.isInteger(length) && length >= 0 && length <= time) continue;
    const expected = `${side} lengths from 0 to ${time}, the time of the mask,`;
    throw mismatch('invalid-input', { where, expected, received: length });
  }
}

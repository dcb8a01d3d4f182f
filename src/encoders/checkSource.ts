import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { readAtOnce } from '../core/engine.js';
import type { SequenceKind } from '../contracts/encoder.js';
import { checkLengths, checkSequence } from '../modules/checkSequence.js';

/**
 * Refuses a source of another rank, dtype or width than the encoder was built for, and one that its mask or
 * its lengths do not fit.
 */
export function checkSource(
  where: string,
  kind: SequenceKind,
  source: Tensor,
  mask: Tensor2D,
  lengths?: Int32Array,
): void {
  checkSequence(where, 'source', kind, source, mask);
  if (lengths === undefined) return;
  checkLengths(where, 'source', lengths, mask.shape);
  checkEndPadding(where, lengths, mask);
}

/**
 * What comes after the length of a row is left out, so it must be padding. The mask is read where that waits
 * for nothing.
 */
function checkEndPadding(where: string, lengths: Int32Array, mask: Tensor2D): void {
  const values = readAtOnce(mask);
  if (values === null) return;
  const time = mask.shape[1];
  lengths.forEach((length, row) => {
    const isReal = (t: number): boolean => values[row * time + t] !== 0;
    const starts = length === 0 || (isReal(0) && isReal(length - 1));
    if (starts && (length === time || !isReal(length))) return;
    throw mismatch('invalid-input', {
      where,
      expected: `the mask of row ${row} to be 1 up to its length, ${length}, and 0 after it`,
      received: Array.from({ length: time }, (_, t) => Number(isReal(t))),
      hint: 'Padding must be at the end of each row; leave lengths out where it is not.',
    });
  });
}

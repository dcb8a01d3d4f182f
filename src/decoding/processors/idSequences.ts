import { mismatch } from '../../core/errors.js';
import { nonNegativeInteger } from '../../core/options.js';

/** Sequences of ids to look for at the end of a hypothesis. */
export type IdSequences = readonly (readonly number[])[];

/** @throws `invalid-option` for anything but a list of lists of at least one id */
export function checkSequences(where: string, sequences: IdSequences): void {
  const expected = 'sequences of at least one id';
  if (!Array.isArray(sequences)) throw mismatch('invalid-option', { where, expected, received: sequences });
  for (const sequence of sequences as IdSequences) {
    if (!Array.isArray(sequence) || sequence.length === 0)
      throw mismatch('invalid-option', { where, expected, received: sequence });
    for (const id of sequence) nonNegativeInteger(where, 'each id', id);
  }
}

/** Whether the last of `ids` are those of `end`. */
export function endsWith(ids: readonly number[], end: readonly number[]): boolean {
  const offset = ids.length - end.length;
  return offset >= 0 && end.every((id, i) => ids[offset + i] === id);
}

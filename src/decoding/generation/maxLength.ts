import type { SourceLengthMultiple } from '../../contracts/generationOptions.js';
import { mismatch } from '../../core/errors.js';
import { finiteNumber, positiveInteger, readOptions } from '../../core/options.js';

/** What `maxLength` is by default. */
export const DEFAULT_MAX_LENGTH: SourceLengthMultiple = { timesSource: 2, plus: 10 };

/** Takes a `maxLength`: a length, or a multiple of the source's. */
export function maxLengthOption(where: string, name: string, value: unknown): number | SourceLengthMultiple {
  if (typeof value !== 'object' || value === null) return positiveInteger(where, name, value);
  return readOptions(`${where}: ${name}`, value as SourceLengthMultiple, {
    timesSource: [finiteNumber({ min: 0 })],
    plus: [finiteNumber(), 0],
  });
}

/**
 * The longest length of one sentence. A length that follows the source is raised to `minLength` and 1, so
 * that one short source does not fail the whole batch.
 *
 * @param sourceLength of that sentence, where it is known
 * @throws `invalid-option` where the source's length is needed and unknown, or a fixed length is below
 * `minLength`
 */
export function longestLength(
  where: string,
  sourceLength: number | undefined,
  maxLength: number | SourceLengthMultiple,
  minLength: number,
): number {
  if (typeof maxLength === 'number') {
    if (minLength <= maxLength) return maxLength;
    const expected = `minLength to be at most maxLength, ${maxLength}`;
    throw mismatch('invalid-option', { where, expected, received: minLength });
  }
  if (sourceLength === undefined) {
    throw mismatch('invalid-option', {
      where,
      expected: 'maxLength to be a number where no sourceLengths are given',
      received: maxLength,
    });
  }
  const { timesSource, plus = 0 } = maxLength;
  return Math.max(1, minLength, Math.floor(timesSource * sourceLength + plus));
}

import type { SourceLengthMultiple } from '../../contracts/generationOptions.js';
import { mismatch } from '../../core/errors.js';
import { checkOptionNames, finiteNumber, positiveInteger } from '../../core/options.js';

/** Refuses a `maxLength` that is neither a length nor a multiple of the source's. */
export function checkMaxLength(where: string, name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    positiveInteger(where, name, value);
    return;
  }
  const { timesSource, plus = 0 } = value as SourceLengthMultiple;
  checkOptionNames(`${where} ${name}`, value, ['timesSource', 'plus']);
  finiteNumber({ min: 0 })(where, `${name}.timesSource`, timesSource);
  finiteNumber()(where, `${name}.plus`, plus);
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
  maxLength: number | SourceLengthMultiple = { timesSource: 2, plus: 10 },
  minLength = 0,
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

import type { SourceLengthMultiple } from '../contracts/generationOptions.js';
import { mismatch } from '../core/errors.js';
import { checkOptionNames, finiteNumber, wholeNumber } from '../core/options.js';

/** Refuses a `maxLength` that is no length and no multiple of the source's. */
export function checkMaxLength(where: string, name: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    wholeNumber(where, name, value);
    return;
  }
  const { timesSource, plus = 0 } = value as SourceLengthMultiple;
  checkOptionNames(`${where} ${name}`, value, ['timesSource', 'plus']);
  finiteNumber(where, `${name}.timesSource`, timesSource, { min: 0 });
  finiteNumber(where, `${name}.plus`, plus);
}

/**
 * The longest length of one sentence, at least `minLength`.
 *
 * @param sourceLength of that sentence, where it is known
 * @throws `invalid-option` where the source's length is needed and unknown, or the longest is shorter than the shortest
 */
export function longestLength(
  where: string,
  sentence: number,
  sourceLength: number | undefined,
  maxLength: number | SourceLengthMultiple = { timesSource: 2, plus: 10 },
  minLength = 0,
): number {
  const longest = resolve(where, sentence, sourceLength, maxLength);
  if (minLength <= longest) return longest;
  throw mismatch('invalid-option', {
    where,
    expected: `minLength to be at most maxLength, which is ${longest} for sentence ${sentence}`,
    received: minLength,
  });
}

function resolve(
  where: string,
  sentence: number,
  sourceLength: number | undefined,
  maxLength: number | SourceLengthMultiple,
): number {
  if (typeof maxLength === 'number') return maxLength;
  if (sourceLength === undefined) {
    throw mismatch('invalid-option', {
      where,
      expected: 'maxLength to be a number where no sourceLengths are given',
      received: maxLength,
    });
  }
  const { timesSource, plus = 0 } = maxLength;
  const length = Math.floor(timesSource * sourceLength + plus);
  return wholeNumber(where, `maxLength of sentence ${sentence}`, length);
}

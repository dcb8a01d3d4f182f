import type { GenerationOptions } from '../../contracts/generationOptions.js';
import { mismatch } from '../../core/errors.js';
import {
  abortSignal,
  callback,
  checkOptions,
  count,
  finiteNumber,
  flag,
  wholeNumber,
  type OptionCheck,
} from '../../core/options.js';
import { buildProcessors } from '../buildProcessors.js';
import { checkMaxLength, longestLength } from '../generation/maxLength.js';
import { lengthDivisor } from './lengthPenalty.js';

const list: OptionCheck = be('an array', Array.isArray);

const SHARED: { readonly [name in keyof Required<GenerationOptions>]: OptionCheck } = {
  maxLength: checkMaxLength,
  countEndToken: flag,
  minLength: count,
  nBest: wholeNumber,
  lengthPenalty: (where, _, value) => lengthDivisor(where, value as GenerationOptions['lengthPenalty']),
  coveragePenalty: (where, name, value) => finiteNumber(where, name, value, { min: 0 }),
  noRepeatNgram: count,
  repetitionPenalty: (where, name, value) => finiteNumber(where, name, value, { above: 0 }),
  badTokens: list,
  badSequences: list,
  forcedPrefix: list,
  allowedTokens: callback,
  processors: listOf('process'),
  stopping: listOf('shouldStop'),
  signal: abortSignal,
  onStep: callback,
};

/** The options that only some strategies follow, and why the others do not. */
export interface OwnOptions {
  readonly checks: Readonly<Record<string, OptionCheck>>;
  /** From the name of an option of another strategy to the reason why it cannot work in this one. */
  readonly refused: Readonly<Record<string, string>>;
}

/** Refuses options that are unknown, out of range, contradictory, or of another strategy; `otherNames` are left to others. */
export function checkGenerationOptions(
  where: string,
  options: GenerationOptions,
  own: OwnOptions,
  otherNames: readonly string[],
): void {
  for (const [name, hint] of Object.entries(own.refused)) {
    const value = (options as Record<string, unknown> | null)?.[name];
    if (value !== undefined)
      throw mismatch('invalid-option', { where, expected: `no ${name}`, received: value, hint });
  }
  checkOptions(where, options, { ...SHARED, ...own.checks }, otherNames);
  const { maxLength, minLength = 0 } = options;
  if (typeof maxLength === 'number') longestLength(where, undefined, maxLength, minLength); // which compares them
  buildProcessors([], options); // each looks at its own values
}

function be(what: string, test: (value: unknown) => boolean): OptionCheck {
  return (where, name, value) => {
    if (!test(value))
      throw mismatch('invalid-option', { where, expected: `${name} to be ${what}`, received: value });
  };
}

function listOf(method: string): OptionCheck {
  const hasMethod = (member: unknown): boolean =>
    typeof (member as Record<string, unknown> | null)?.[method] === 'function';
  return be(
    `an array of objects with a ${method} method`,
    (value) => Array.isArray(value) && value.every(hasMethod),
  );
}

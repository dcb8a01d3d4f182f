import type { GenerationOptions } from '../../contracts/generationOptions.js';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { mismatch } from '../../core/errors.js';
import {
  abortSignal,
  boolean,
  callback,
  checkOptions,
  finiteNumber,
  nonNegativeInteger,
  positiveInteger,
  type OptionCheck,
} from '../../core/options.js';
import { checkMaxLength, longestLength } from '../generation/maxLength.js';
import { allowTokens } from '../processors/allowTokens.js';
import { banRepeatedNgrams } from '../processors/banRepeatedNgrams.js';
import { banSequences } from '../processors/banSequences.js';
import { banTokens } from '../processors/banTokens.js';
import { forcePrefix } from '../processors/forcePrefix.js';
import { minimumLength } from '../processors/minimumLength.js';
import { penalizeRepetition } from '../processors/penalizeRepetition.js';
import { lengthDivisor } from './lengthPenalty.js';

const list: OptionCheck = be('an array', Array.isArray);

/** What the value of each shared option must be. */
const CHECKS: { readonly [name in keyof Required<GenerationOptions>]: OptionCheck } = {
  maxLength: checkMaxLength,
  countEndToken: boolean,
  minLength: nonNegativeInteger,
  nBest: positiveInteger,
  lengthPenalty: (where, _, value) => lengthDivisor(where, value as GenerationOptions['lengthPenalty']),
  coveragePenalty: /* @__PURE__ */ finiteNumber({ min: 0 }),
  noRepeatNgram: nonNegativeInteger,
  repetitionPenalty: /* @__PURE__ */ finiteNumber({ above: 0 }),
  badTokens: list,
  badSequences: list,
  forcedPrefix: list,
  allowedTokens: callback,
  processors: listOf('process'),
  stopping: listOf('shouldStop'),
  signal: abortSignal,
  onStep: callback,
};

/** The processor that each option stands for, in the order in which they run. */
const PROCESSORS = {
  repetitionPenalty: penalizeRepetition,
  badTokens: banTokens,
  minLength: minimumLength,
  badSequences: banSequences,
  noRepeatNgram: banRepeatedNgrams,
  allowedTokens: allowTokens,
  forcedPrefix: forcePrefix,
} satisfies {
  readonly [name in keyof GenerationOptions]: (value: Required<GenerationOptions>[name]) => LogitsProcessor;
};

/** The values that change nothing, besides `undefined` and empty lists. */
const NEUTRAL: GenerationOptions = { repetitionPenalty: 1, minLength: 0, noRepeatNgram: 0 };

/** The options that only some strategies follow, and why the others do not. */
export interface OwnOptions {
  readonly checks: Readonly<Record<string, OptionCheck>>;
  /** From the name of an option of another strategy to the reason why it cannot work in this one. */
  readonly refused: Readonly<Record<string, string>>;
}

/**
 * Refuses options that are unknown, out of range, contradictory, or of another strategy. `otherNames` are
 * left to others.
 */
export function checkSearchOptions(
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
  checkOptions(where, options, { ...CHECKS, ...own.checks }, otherNames);
  const { maxLength, minLength = 0 } = options;
  if (typeof maxLength === 'number') longestLength(where, undefined, maxLength, minLength); // compares them
  buildProcessors([], options); // each looks at its own values
}

/**
 * The processors that the options stand for. The caller's own come first, so that nothing can lift a ban.
 *
 * @param bannedIds ids that the model never means
 */
export function buildProcessors(bannedIds: readonly number[], options: GenerationOptions): LogitsProcessor[] {
  const { processors = [], badTokens = [] } = options;
  const values = { ...options, badTokens: [...new Set([...bannedIds, ...badTokens])] };
  const built = [...processors];
  for (const [name, create] of Object.entries(PROCESSORS)) {
    const value = values[name as keyof typeof PROCESSORS];
    const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
    if (!isEmpty && value !== NEUTRAL[name as keyof typeof PROCESSORS]) built.push(create(value as never));
  }
  return built;
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

import type { GenerationOptions, LengthPenalty } from '../../contracts/generationOptions.js';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { mismatch } from '../../core/errors.js';
import {
  abortSignal,
  boolean,
  callback,
  finiteNumber,
  nonNegativeInteger,
  oneOf,
  optionCheck,
  positiveInteger,
  readOptions,
  type OptionCheck,
  type OptionTable,
} from '../../core/options.js';
import { DEFAULT_MAX_LENGTH, longestLength, maxLengthOption } from '../generation/maxLength.js';
import { allowTokens } from '../processors/allowTokens.js';
import { banRepeatedNgrams } from '../processors/banRepeatedNgrams.js';
import { banSequences } from '../processors/banSequences.js';
import { banTokens } from '../processors/banTokens.js';
import { forcePrefix } from '../processors/forcePrefix.js';
import { minimumLength } from '../processors/minimumLength.js';
import { penalizeRepetition } from '../processors/penalizeRepetition.js';
import { lengthDivisor } from './lengthPenalty.js';

const list: OptionCheck = /* @__PURE__ */ optionCheck('an array', Array.isArray);

/** The check and the default of each option that all searches share. */
const SHARED: OptionTable<GenerationOptions> = {
  maxLength: [maxLengthOption, DEFAULT_MAX_LENGTH],
  countEndToken: [boolean, false],
  minLength: [nonNegativeInteger, 0],
  nBest: [positiveInteger, 1],
  lengthPenalty: [lengthPenaltyOption, 'none'],
  coveragePenalty: [/* @__PURE__ */ finiteNumber({ min: 0 }), 0],
  noRepeatNgram: [nonNegativeInteger, 0],
  repetitionPenalty: [/* @__PURE__ */ finiteNumber({ above: 0 }), 1],
  badTokens: [list, []],
  badSequences: [list, []],
  forcedPrefix: [list, []],
  allowedTokens: [callback, undefined],
  processors: [/* @__PURE__ */ listOf('process'), []],
  stopping: [/* @__PURE__ */ listOf('shouldStop'), []],
  onDeadEnd: [/* @__PURE__ */ oneOf(['stop', 'throw']), 'stop'],
  signal: [abortSignal, undefined],
  onStep: [callback, undefined],
};

/**
 * The processor that an option stands for, in the order in which they run. None is made where the option has
 * its default or is an empty list.
 */
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

type WithoutDefault = 'allowedTokens' | 'signal' | 'onStep';

/** The shared options with their defaults filled in. */
export type SharedOptions = Required<Omit<GenerationOptions, WithoutDefault>> &
  Pick<GenerationOptions, WithoutDefault>;

/** The options that only one kind of search follows; `Own` has their defaults filled in. */
export interface OwnOptions<Own extends object> {
  readonly own: OptionTable<Own>;
  /** From the name of an option of another search to the reason why it cannot work in this one. */
  readonly refused: Readonly<Record<string, string>>;
  /** Refuses option values that contradict each other. */
  check?(where: string, options: SharedOptions & Own): void;
}

/**
 * Reads the options of one kind of search. Refuses those that are unknown, out of range, contradictory, or of
 * another search.
 *
 * @param others what may stand in the same object
 */
export function readSearchOptions<Own extends object, Others extends object>(
  where: string,
  options: object,
  { own, refused, check }: OwnOptions<Own>,
  others: OptionTable<Others>,
): SharedOptions & Own & Others {
  for (const [name, hint] of Object.entries(refused)) {
    const value = (options as Record<string, unknown> | null)?.[name];
    if (value !== undefined)
      throw mismatch('invalid-option', { where, expected: `no ${name}`, received: value, hint });
  }
  const read = readOptions(where, options, { ...SHARED, ...own, ...others }) as unknown as SharedOptions &
    Own &
    Others;
  const { maxLength, minLength } = read;
  if (typeof maxLength === 'number') longestLength(where, undefined, maxLength, minLength); // compares them
  buildProcessors([], read); // each looks at its own values
  check?.(where, read);
  return read;
}

/**
 * The processors that the options stand for. The caller's own come first, so that nothing can lift a ban.
 *
 * @param bannedIds ids that the model never means
 */
export function buildProcessors(bannedIds: readonly number[], options: SharedOptions): LogitsProcessor[] {
  const values = { ...options, badTokens: [...new Set([...bannedIds, ...options.badTokens])] };
  const built = [...options.processors];
  for (const [key, create] of Object.entries(PROCESSORS)) {
    const name = key as keyof typeof PROCESSORS;
    const value = values[name];
    const isOff = value === SHARED[name][1] || (Array.isArray(value) && value.length === 0);
    if (!isOff) built.push(create(value as never));
  }
  return built;
}

function lengthPenaltyOption(where: string, _name: string, value: unknown): unknown {
  lengthDivisor(where, value as LengthPenalty);
  return value;
}

function listOf(method: string): OptionCheck {
  const hasMethod = (member: unknown): boolean =>
    typeof (member as Record<string, unknown> | null)?.[method] === 'function';
  return optionCheck(
    `an array of objects with a ${method} method`,
    (value) => Array.isArray(value) && value.every(hasMethod),
  );
}

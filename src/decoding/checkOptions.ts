import type { GenerationOptions } from '../contracts/generationOptions.js';
import type { SearchSetup } from '../contracts/strategy.js';
import { mismatch } from '../core/errors.js';
import { checkOptionNames, finiteNumber, flag, wholeNumber } from '../core/options.js';
import { buildProcessors } from './buildProcessors.js';
import { checkMaxLength } from './maxLength.js';
import { lengthDivisor } from './ranking.js';

const SHARED = [
  'maxLength',
  'countEndToken',
  'minLength',
  'nBest',
  'lengthPenalty',
  'coveragePenalty',
  'noRepeatNgram',
  'repetitionPenalty',
  'badTokens',
  'badSequences',
  'forcedPrefix',
  'allowedTokens',
  'processors',
  'stopping',
  'signal',
  'onStep',
] as const satisfies readonly (keyof GenerationOptions)[];

/** The names of `SearchSetup`, which a bare search function takes in one object with its options. */
const SETUP_NAMES = [
  'batchSize',
  'sosId',
  'eosId',
  'constants',
  'sourceLengths',
  'sentenceNumbers',
  'bannedIds',
] as const satisfies readonly (keyof SearchSetup)[];

/** The options that only some strategies follow, and why the others do not. */
export interface OwnOptions {
  readonly known: readonly string[];
  /** From the name of an option of another strategy to the reason why it cannot work in this one. */
  readonly refused: Readonly<Record<string, string>>;
}

/** Refuses options that are unknown, out of range, contradictory, or of another strategy. */
export function checkGenerationOptions(where: string, options: GenerationOptions, own: OwnOptions): void {
  if (options === null || typeof options !== 'object') {
    throw mismatch('invalid-option', { where, expected: 'an options object', received: options });
  }
  for (const [name, reason] of Object.entries(own.refused)) {
    const value: unknown = (options as Record<string, unknown>)[name];
    if (value !== undefined) {
      throw mismatch('invalid-option', { where, expected: `no ${name}`, received: value, hint: reason });
    }
  }
  checkOptionNames(where, options, [...SHARED, ...own.known]);
  const {
    maxLength,
    minLength = 0,
    nBest = 1,
    coveragePenalty = 0,
    noRepeatNgram = 0,
    repetitionPenalty = 1,
  } = options;
  checkMaxLength(where, maxLength);
  wholeNumber(where, 'minLength', minLength, 0);
  if (typeof maxLength === 'number' && minLength > maxLength) {
    throw mismatch('invalid-option', {
      where,
      expected: `minLength to be at most maxLength, ${maxLength}`,
      received: minLength,
    });
  }
  wholeNumber(where, 'nBest', nBest);
  flag(where, 'countEndToken', options.countEndToken ?? false);
  lengthDivisor(where, options.lengthPenalty);
  finiteNumber(where, 'coveragePenalty', coveragePenalty, { min: 0 });
  wholeNumber(where, 'noRepeatNgram', noRepeatNgram, 0);
  finiteNumber(where, 'repetitionPenalty', repetitionPenalty, { above: 0 });
  if (
    options.signal !== undefined &&
    typeof (options.signal as Partial<AbortSignal> | null)?.aborted !== 'boolean'
  ) {
    throw mismatch('invalid-option', {
      where,
      expected: 'signal to be an AbortSignal',
      received: options.signal,
    });
  }
  for (const name of ['badTokens', 'badSequences', 'forcedPrefix'] as const) {
    if (options[name] !== undefined && !Array.isArray(options[name])) {
      throw mismatch('invalid-option', {
        where,
        expected: `${name} to be an array`,
        received: options[name],
      });
    }
  }
  for (const name of ['allowedTokens', 'onStep'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') {
      throw mismatch('invalid-option', {
        where,
        expected: `${name} to be a function`,
        received: options[name],
      });
    }
  }
  checkMembers(where, 'processors', options.processors, 'process');
  checkMembers(where, 'stopping', options.stopping, 'shouldStop');
  buildProcessors([], options); // each looks at its own values
}

function checkMembers(
  where: string,
  name: string,
  members: readonly object[] | undefined,
  method: string,
): void {
  if (members === undefined) return;
  const complete =
    Array.isArray(members) &&
    members.every((member) => typeof (member as Record<string, unknown> | null)?.[method] === 'function');
  if (!complete) {
    throw mismatch('invalid-option', {
      where,
      expected: `${name} to be an array of objects with a ${method} method`,
      received: members,
    });
  }
}

/** Takes the setup out of the one object that a bare search function gets. */
export function splitSetup<C, O extends object>(
  where: string,
  all: SearchSetup<C> & O,
): { setup: SearchSetup<C>; options: O } {
  if (all === null || typeof all !== 'object') {
    throw mismatch('invalid-option', { where, expected: 'an options object', received: all });
  }
  const isSetup = ([name]: [string, unknown]): boolean => (SETUP_NAMES as readonly string[]).includes(name);
  const entries = Object.entries(all);
  return {
    setup: Object.fromEntries(entries.filter(isSetup)) as unknown as SearchSetup<C>,
    options: Object.fromEntries(entries.filter((entry) => !isSetup(entry))) as O,
  };
}

import type { SearchSetup } from '../../contracts/strategy.js';
import { mismatch } from '../../core/errors.js';
import { nonNegativeInteger, positiveInteger, unchecked, type OptionTable } from '../../core/options.js';
import { prefixOf } from '../processors/forcePrefix.js';
import type { SharedOptions } from './searchOptions.js';

/**
 * What each part of the setup must be. A search over a bare step function takes them in one object with its
 * options.
 */
export const SETUP: OptionTable<SearchSetup> = {
  batchSize: [positiveInteger],
  sosId: [nonNegativeInteger],
  eosId: [nonNegativeInteger],
  constants: [unchecked, undefined],
  sourceLengths: [unchecked, undefined],
  sentenceNumbers: [nonNegativeIntegers, []],
  maxPositions: [positiveInteger, 1e15],
  bannedIds: [nonNegativeIntegers, []],
};

function nonNegativeIntegers(where: string, name: string, value: unknown): unknown {
  Array.from(value as ArrayLike<unknown>, (id) => nonNegativeInteger(where, `each of ${name}`, id));
  return value;
}

/** Refuses a setup that is wrong in itself or does not fit the options. */
export function checkSetup(where: string, setup: SearchSetup, options: SharedOptions): void {
  const { batchSize, eosId, bannedIds, sourceLengths } = setup;
  for (const [name, [check, byDefault]] of Object.entries(SETUP))
    check(where, name, setup[name as keyof SearchSetup] ?? byDefault);
  if (bannedIds?.includes(eosId) === true) {
    throw mismatch('invalid-option', {
      where,
      expected: 'bannedIds without the end token',
      received: bannedIds,
    });
  }
  for (const name of ['sourceLengths', 'sentenceNumbers'] as const) {
    const entries = setup[name]?.length ?? batchSize;
    if (entries === batchSize) continue;
    throw mismatch('invalid-option', {
      where,
      expected: `${name} to have one entry a sentence, ${batchSize}`,
      received: `${entries} entries`,
    });
  }
  checkPrefixes(where, options, setup);
  if (options.coveragePenalty > 0 && batchSize > 1 && sourceLengths === undefined) {
    throw mismatch('invalid-option', {
      where,
      expected: 'sourceLengths beside coveragePenalty, to tell source positions from padding',
      received: undefined,
    });
  }
}

/**
 * Refuses prefixes that no search can follow. It looks at all lists, those of later batches too, so that the
 * first batch already shows what is wrong.
 */
function checkPrefixes(
  where: string,
  { forcedPrefix, badTokens }: SharedOptions,
  { eosId, bannedIds = [] }: SearchSetup,
): void {
  const single = typeof forcedPrefix[0] === 'number';
  const lists = (single ? [forcedPrefix] : forcedPrefix) as readonly (readonly number[])[];
  lists.forEach((received, i) => {
    const name = single ? 'forcedPrefix' : `forcedPrefix[${i}]`;
    const refuse = (expected: string): Error => mismatch('invalid-option', { where, expected, received });
    if (received.some((id) => bannedIds.includes(id) || badTokens.includes(id)))
      throw refuse(`${name} without banned tokens (padding, start, badTokens)`);
    if (received.slice(0, -1).includes(eosId)) throw refuse(`the end token only at the end of ${name}`);
  });
}

/**
 * Refuses a missing prefix, and one that is longer than the sentence may become.
 *
 * @param sentence what the caller knows it by
 * @param longest the most tokens of that sentence
 */
export function checkPrefixLength(
  where: string,
  forcedPrefix: SharedOptions['forcedPrefix'],
  { batchSize, eosId, sentenceNumbers }: SearchSetup,
  sentence: number,
  longest: number,
): void {
  if (forcedPrefix.length === 0) return;
  const prefix = prefixOf(forcedPrefix, sentence);
  const many = typeof forcedPrefix[0] !== 'number' && sentenceNumbers === undefined;
  if (prefix === undefined || (many && forcedPrefix.length !== batchSize)) {
    throw mismatch('invalid-option', {
      where,
      expected: `forcedPrefix to have one list a sentence, ${batchSize}`,
      received: `${forcedPrefix.length} lists`,
    });
  }
  const length = prefix.at(-1) === eosId ? prefix.length - 1 : prefix.length;
  if (length > longest) {
    throw mismatch('invalid-option', {
      where,
      expected: `forcedPrefix to have at most maxLength tokens, ${longest} for sentence ${sentence}`,
      received: length,
    });
  }
}

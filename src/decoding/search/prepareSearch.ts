import type { GenerationOptions } from '../../contracts/generationOptions.js';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import type { StoppingCriterion } from '../../contracts/stoppingCriterion.js';
import type { SearchSetup } from '../../contracts/strategy.js';
import { mismatch } from '../../core/errors.js';
import { anything, count, wholeNumber, type OptionCheck } from '../../core/options.js';
import { prefixOf } from '../processors/forcePrefix.js';
import { buildProcessors } from '../buildProcessors.js';
import { longestLength } from '../generation/maxLength.js';
import { coverage, largestDivisor, lengthDivisor } from './lengthPenalty.js';
import { createSentence, type Sentence } from './sentence.js';

/** A search that is checked and ready to run. */
export interface PreparedSearch<C> {
  /** The public function, for messages. */
  readonly where: string;
  readonly setup: SearchSetup<C>;
  readonly sentences: readonly Sentence[];
  readonly countEndToken: boolean;
  /** The largest length penalty of the lengths `from` to `to`. */
  readonly largestDivisor: (from: number, to: number) => number;
  readonly processors: readonly LogitsProcessor[];
  readonly stopping: readonly StoppingCriterion[];
  readonly signal: AbortSignal | undefined;
  readonly onStep: GenerationOptions['onStep'];
}

/** Resolves what depends on the batch: lengths a sentence, processors, ranking. `options` are checked already. */
export function prepareSearch<C>(
  where: string,
  setup: SearchSetup<C>,
  options: GenerationOptions,
  filters: readonly LogitsProcessor[] = [],
): PreparedSearch<C> {
  checkSetup(where, setup);
  const { maxLength, countEndToken = false, minLength = 0, nBest = 1, coveragePenalty = 0 } = options;
  const { stopping = [], signal, onStep } = options;
  checkPrefixes(where, options, setup);
  const divisor = lengthDivisor(where, options.lengthPenalty);
  const rank: Parameters<typeof createSentence>[2] = (path) =>
    path.score / divisor(path.length) + (coveragePenalty === 0 ? 0 : coveragePenalty * coverage(where, path));
  const sentences = Array.from({ length: setup.batchSize }, (_, index) => {
    const number = setup.sentenceNumbers?.[index] ?? index;
    const longest = longestLength(where, setup.sourceLengths?.[index], maxLength, minLength);
    checkPrefixLength(where, options.forcedPrefix, setup, number, longest);
    const lastPosition = countEndToken ? longest - 1 : longest;
    return createSentence({ index, number, lastPosition }, nBest, rank);
  });
  if (coveragePenalty > 0 && setup.batchSize > 1 && setup.sourceLengths === undefined) {
    throw mismatch('invalid-option', {
      where,
      expected: 'sourceLengths beside coveragePenalty, to tell source positions from padding',
      received: undefined,
    });
  }
  const processors = [...buildProcessors(setup.bannedIds ?? [], options), ...filters];
  return {
    where,
    setup,
    sentences,
    countEndToken,
    largestDivisor: largestDivisor(options.lengthPenalty, divisor),
    processors,
    stopping,
    signal,
    onStep,
  };
}

function eachCount(where: string, name: string, ids: unknown): void {
  Array.from((ids ?? []) as ArrayLike<unknown>, (id) => count(where, `each of ${name}`, id));
}

/** What each part of the setup must be; a bare search takes them in one object with its options. */
export const SETUP: { readonly [name in keyof Required<SearchSetup>]: OptionCheck } = {
  batchSize: wholeNumber,
  sosId: count,
  eosId: count,
  constants: anything,
  sourceLengths: anything,
  sentenceNumbers: eachCount,
  bannedIds: eachCount,
};

function checkSetup(where: string, setup: SearchSetup): void {
  const { batchSize, eosId, bannedIds } = setup;
  for (const [name, check] of Object.entries(SETUP)) check(where, name, setup[name as keyof SearchSetup]);
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
}

/** All lists are looked at, those of sentences to come too, so that the first batch already shows what is wrong. */
function checkPrefixes(
  where: string,
  { forcedPrefix = [], badTokens = [] }: GenerationOptions,
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

function checkPrefixLength(
  where: string,
  forcedPrefix: GenerationOptions['forcedPrefix'],
  { batchSize, eosId, sentenceNumbers }: SearchSetup,
  sentence: number,
  longest: number,
): void {
  if (forcedPrefix === undefined || forcedPrefix.length === 0) return;
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

import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import type { SearchSetup } from '../../contracts/strategy.js';
import { longestLength } from '../generation/maxLength.js';
import { checkPrefixLength, checkSetup } from './checkSetup.js';
import { coverage } from './coveragePenalty.js';
import type { HypothesisNode } from './hypothesisNode.js';
import { largestDivisor, lengthDivisor } from './lengthPenalty.js';
import { buildProcessors, type SharedOptions } from './searchOptions.js';
import { createSentence, type Sentence } from './sentence.js';

/** A search that is checked and ready to run. */
export interface PreparedSearch<C> {
  /** The public function, for messages. */
  readonly where: string;
  readonly setup: SearchSetup<C>;
  readonly options: SharedOptions;
  readonly sentences: readonly Sentence[];
  /** The largest length penalty of the lengths `from` to `to`. */
  readonly largestDivisor: (from: number, to: number) => number;
  /** All of them, in the order in which they run. */
  readonly processors: readonly LogitsProcessor[];
}

/**
 * Works out what depends on the batch: the longest length of each sentence, how its hypotheses are ranked,
 * and the processors.
 *
 * @param ownProcessors those that come after all others
 */
export function prepareSearch<C>(
  where: string,
  setup: SearchSetup<C>,
  options: SharedOptions,
  ownProcessors: readonly LogitsProcessor[] = [],
): PreparedSearch<C> {
  checkSetup(where, setup, options);
  const { maxLength, countEndToken, minLength, nBest, lengthPenalty, coveragePenalty } = options;
  const divisor = lengthDivisor(where, lengthPenalty);
  const rank = (node: HypothesisNode): number =>
    node.score / divisor(node.length) + (coveragePenalty === 0 ? 0 : coveragePenalty * coverage(where, node));
  const sentences = Array.from({ length: setup.batchSize }, (_, index) => {
    const number = setup.sentenceNumbers?.[index] ?? index;
    const longest = longestLength(where, setup.sourceLengths?.[index], maxLength, minLength);
    checkPrefixLength(where, options.forcedPrefix, setup, number, longest);
    const lastPosition = Math.min(
      countEndToken ? longest - 1 : longest,
      (setup.maxPositions ?? Infinity) - 1,
    );
    return createSentence({ index, number, lastPosition }, nBest, rank);
  });
  return {
    where,
    setup,
    options,
    sentences,
    largestDivisor: largestDivisor(lengthPenalty, divisor),
    processors: [...buildProcessors(setup.bannedIds ?? [], options), ...ownProcessors],
  };
}

import { splitAtBlanks } from './bleuTokenizer.js';
import { errorRate, type ErrorRate } from './errorRate.js';
import type { Segment } from './segments.js';

/**
 * Word error rate: the edit distance over words, summed over the corpus and divided by the words of the
 * references.
 *
 * @param hypotheses what the model wrote: strings, split at white space, or token lists
 * @param references what it should have written, of the same kind
 * @throws `invalid-input` for an empty corpus, counts that differ, or references without a single word
 *
 * @example
 * ```ts
 * import { wordErrorRate } from 'tfjs-seq2seq';
 *
 * console.log(wordErrorRate(['the cat sat'], ['the black cat sat']));
 * // { rate: 0.25, edits: 1, referenceLength: 4 }
 * ```
 */
export function wordErrorRate(hypotheses: readonly Segment[], references: readonly Segment[]): ErrorRate {
  return errorRate('wordErrorRate', hypotheses, references, splitAtBlanks);
}

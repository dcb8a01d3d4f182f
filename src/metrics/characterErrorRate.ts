import { errorRate, type ErrorRate } from './errorRate.js';

/**
 * Character error rate: the edit distance over code points, white space included, summed over the corpus and
 * divided by the code points of the references.
 *
 * @param hypotheses what the model wrote
 * @param references what it should have written
 * @throws `invalid-input` for an empty corpus, counts that differ, or references without a single character
 *
 * @example
 * ```ts
 * import { characterErrorRate } from 'tfjs-seq2seq';
 *
 * console.log(characterErrorRate(['kitten'], ['sitting']).edits); // 3
 * ```
 */
export function characterErrorRate(hypotheses: readonly string[], references: readonly string[]): ErrorRate {
  return errorRate('characterErrorRate', hypotheses, references, (text) => [...text]);
}

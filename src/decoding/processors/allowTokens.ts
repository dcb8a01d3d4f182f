import type { GenerationOptions } from '../../contracts/generationOptions.js';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { allowInRows } from '../ops/bans.js';

/**
 * A function says which ids may follow, such as a trie or a grammar (De Cao et al. 2021). This is the option
 * `allowedTokens`. Where the function allows nothing, a beam drops the hypothesis, and greedy search ends it
 * as `'stuck'`.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { allowTokens, beam } from 'tfjs-seq2seq';
 * // Words 4 to 9, in rising order; the end token, 2, at any time.
 * const rising = (ids: readonly number[]): number[] =>
 *   [2, 4, 5, 6, 7, 8, 9].filter((id) => id === 2 || id > (ids.at(-1) ?? 0));
 * const strategy = beam({ processors: [allowTokens(rising)] }); // the same as allowedTokens: rising
 * console.log(strategy.name);
 * ```
 */
export function allowTokens(allowed: NonNullable<GenerationOptions['allowedTokens']>): LogitsProcessor {
  return {
    name: 'allowTokens',
    process: (scores, { rows }) =>
      allowInRows(
        'allowTokens',
        scores,
        rows.map((row) => allowed(row.tokens(), row.sentence)),
      ),
  };
}

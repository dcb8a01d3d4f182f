import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { nonNegativeInteger } from '../../core/options.js';
import { banInRows } from '../ops/bans.js';

/**
 * Bans ids everywhere: the option `badTokens`.
 *
 * @throws `invalid-option` for an id that is no whole number, and in the search for one outside the
 * vocabulary
 *
 * @example
 * ```ts
 * import { banTokens, greedy } from 'tfjs-seq2seq';
 * const strategy = greedy({ maxLength: 20, processors: [banTokens([3])] }); // the same as badTokens: [3]
 * console.log(strategy.name);
 * ```
 */
export function banTokens(ids: readonly number[]): LogitsProcessor {
  for (const id of ids) nonNegativeInteger('banTokens', 'each id', id);
  return { name: 'banTokens', process: (scores) => banInRows('banTokens', scores, [ids]) };
}

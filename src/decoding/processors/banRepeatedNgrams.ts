import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { positiveInteger } from '../../core/options.js';
import { banInRows } from '../ops/bans.js';

/**
 * Bans every token that would repeat an n-gram of `size` tokens (Paulus et al. 2018, §2.5): the option
 * `noRepeatNgram`.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { banRepeatedNgrams, greedy } from 'tfjs-seq2seq';
 * const strategy = greedy({ processors: [banRepeatedNgrams(3)] }); // the same as noRepeatNgram: 3
 * console.log(strategy.name);
 * ```
 */
export function banRepeatedNgrams(size: number): LogitsProcessor {
  const where = 'banRepeatedNgrams';
  positiveInteger(where, 'size', size);
  return {
    name: where,
    process: (scores, { rows }) =>
      banInRows(
        where,
        scores,
        rows.map((row) => followers(row.tokens(), size - 1)),
      ),
  };
}

/** The tokens that came, earlier on, right after the same `count` tokens that now stand at the end. */
function* followers(tokens: readonly number[], count: number): Iterable<number> {
  const start = tokens.length - count;
  for (let first = 0; first < start; first++) {
    let same = 0;
    while (same < count && tokens[first + same] === tokens[start + same]) same++;
    if (same === count) yield tokens[first + count] as number;
  }
}

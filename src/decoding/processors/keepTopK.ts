import { add, clipByValue, cumsum, mul, slice, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { positiveInteger } from '../../core/options.js';
import { BAN, banWhereNot } from '../ops/bans.js';
import { isAbove } from '../ops/isAbove.js';
import { topK } from '../ops/topK.js';

/**
 * Bans all but the `k` best tokens (Fan et al. 2018, §5.4): the option `topK` of sampling. Of equal scores
 * the lower ids stay.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { beam, keepTopK } from 'tfjs-seq2seq';
 * const strategy = beam({ width: 3, processors: [keepTopK(10)] });
 * console.log(strategy.name);
 * ```
 */
export function keepTopK(k: number): LogitsProcessor {
  positiveInteger('keepTopK', 'k', k);
  return {
    name: 'keepTopK',
    process(given, { vocabularySize }) {
      if (k >= vocabularySize) return given;
      const scores = clipByValue<Tensor2D>(given, BAN, -BAN); // no infinities, whose difference is NaN
      const { scores: best } = topK(scores, k);
      const kth = slice(best, [0, k - 1], [-1, 1]); // [rows, 1]
      const above = isAbove(scores, kth);
      const equal = sub<Tensor2D>(sub(1, isAbove(kth, scores)), above);
      const places = sub<Tensor2D>(k, sum(above, 1, true)); // [rows, 1], for those that equal the k-th
      const placed = sub(1, isAbove(cumsum(equal, 1), places));
      return banWhereNot(scores, add<Tensor2D>(above, mul(equal, placed)));
    },
  };
}

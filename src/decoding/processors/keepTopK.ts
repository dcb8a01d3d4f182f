import { add, clipByValue, cumsum, mul, slice, step, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { wholeNumber } from '../../core/options.js';
import { selectBest } from '../ops/topK.js';
import { BAN } from './banned.js';
import { banWhereNot } from '../ops/bans.js';

/**
 * Bans all but the `k` best tokens (Fan et al. 2018, §5.4): the option `topK` of sampling. Of equals the lower ids stay.
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
  wholeNumber('keepTopK', 'k', k);
  return {
    name: 'keepTopK',
    process(given, { vocabularySize }) {
      if (k >= vocabularySize) return given;
      const scores = clipByValue<Tensor2D>(given, BAN, -BAN); // no infinities, whose difference is NaN
      const { scores: best } = selectBest(scores, k);
      const kth = slice(best, [0, k - 1], [-1, 1]); // [rows, 1]
      // `step(a - b)` is `a > b`, thirty times faster on the wasm backend.
      const above = step(sub(scores, kth));
      const equal = sub(sub(1, step(sub(kth, scores))), above);
      const places = sub(k, sum(above, 1, true));
      const placed = sub(1, step(sub(cumsum(equal, 1), places)));
      return banWhereNot(scores, add<Tensor2D>(above, mul(equal, placed)));
    },
  };
}

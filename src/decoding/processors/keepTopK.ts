import { add, cumsum, mul, slice, step, sub, sum, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { wholeNumber } from '../../core/options.js';
import { selectBest } from '../selectBest.js';
import { banWhereNot } from './banWhereNot.js';

/**
 * Bans all but the `k` best tokens (Fan et al. 2018, §5.4): the option `topK` of sampling. Of equals the lower ids stay.
 *
 * @throws `invalid-option`
 */
export function keepTopK(k: number): LogitsProcessor {
  wholeNumber('keepTopK', 'k', k);
  return {
    name: 'keepTopK',
    process(scores, { vocabularySize }) {
      if (k >= vocabularySize) return scores;
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

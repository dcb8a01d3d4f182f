import {
  cast,
  cumsum,
  equal,
  greater,
  lessEqual,
  logicalAnd,
  logicalOr,
  slice,
  sub,
  sum,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { wholeNumber } from '../../core/options.js';
import { selectBest } from '../selectBest.js';
import { banWhereNot } from './banWhereNot.js';

/** Bans all but the `k` best tokens (Fan et al. 2018, §5.4): the option `topK` of sampling. Of equals the lower ids stay. */
export function keepTopK(k: number): LogitsProcessor {
  wholeNumber('keepTopK', 'k', k);
  return {
    name: 'keepTopK',
    process(scores, { vocabularySize }) {
      if (k >= vocabularySize) return scores;
      const { scores: best } = selectBest(scores, k);
      const kth = slice(best, [0, k - 1], [-1, 1]); // [rows, 1]
      const above = greater(scores, kth);
      const equals = equal(scores, kth);
      const places = sub(k, sum(cast(above, 'float32'), 1, true));
      const inPlace = lessEqual(cumsum(cast(equals, 'float32'), 1), places);
      return banWhereNot(scores, logicalOr(above, logicalAnd(equals, inPlace)) as Tensor2D);
    },
  };
}

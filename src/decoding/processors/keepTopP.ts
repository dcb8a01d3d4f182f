import {
  cast,
  exp,
  fill,
  greaterEqual,
  mul,
  softmax,
  sum,
  where,
  add,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { finiteNumber } from '../../core/options.js';
import { banWhereNot } from './banWhereNot.js';

/** Halvings of the interval [-40, 0] of log-probabilities: down to float32's own resolution. */
const HALVINGS = 30;
const LEAST_LOG = -40;

/**
 * Bans all but the nucleus, the smallest set of most probable tokens whose probabilities reach `p` together
 * (Holtzman et al. 2020, §3.1): the option `topP` of sampling. The nucleus is every token above some probability, and
 * that is found by bisection where the scores are, without sorting the vocabulary or reading it back.
 */
export function keepTopP(p: number): LogitsProcessor {
  finiteNumber('keepTopP', 'p', p, { above: 0, max: 1 });
  return {
    name: 'keepTopP',
    process(scores) {
      if (p === 1) return scores;
      const probabilities = softmax(scores);
      const atLeast = (logThreshold: Tensor2D): Tensor2D => greaterEqual(probabilities, exp(logThreshold));
      let low: Tensor2D = fill([scores.shape[0], 1], LEAST_LOG); // reaches p
      let high: Tensor2D = fill([scores.shape[0], 1], 0.1); // does not
      for (let i = 0; i < HALVINGS; i++) {
        const middle = mul<Tensor2D>(add(low, high), 0.5);
        const mass = sum(mul(probabilities, cast(atLeast(middle), 'float32')), 1, true);
        const reaches = greaterEqual(mass, p);
        low = where(reaches, middle, low);
        high = where(reaches, high, middle);
      }
      return banWhereNot(scores, atLeast(low));
    },
  };
}

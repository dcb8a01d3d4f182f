import {
  add,
  exp,
  fill,
  greaterEqual,
  mul,
  softmax,
  step,
  sub,
  sum,
  where,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { finiteNumber } from '../../core/options.js';
import { banWhereNot } from '../ops/bans.js';

/** Halvings of the interval [-40, 0] of log-probabilities: down to float32's own resolution. */
const HALVINGS = 30;
const LEAST_LOG = -40;

/**
 * Bans all but the nucleus, the smallest set of most probable tokens whose probabilities reach `p` together
 * (Holtzman et al. 2020, §3.1): the option `topP` of sampling. The nucleus is every token above some probability, and
 * that is found by bisection where the scores are, without sorting the vocabulary or reading it back.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { beam, keepTopP } from 'tfjs-seq2seq';
 * const strategy = beam({ width: 3, processors: [keepTopP(0.9)] });
 * console.log(strategy.name);
 * ```
 */
export function keepTopP(p: number): LogitsProcessor {
  finiteNumber('keepTopP', 'p', p, { above: 0, max: 1 });
  return {
    name: 'keepTopP',
    process(scores) {
      if (p === 1) return scores;
      const rows = scores.shape[0];
      const probabilities = softmax(scores);
      // `step(a - b)` is `a > b`, thirty times faster on the wasm backend.
      const above = (logThreshold: Tensor2D): Tensor2D =>
        step(sub<Tensor2D>(probabilities, exp(logThreshold)));
      let low: Tensor2D = fill([rows, 1], LEAST_LOG); // what is above it reaches p
      let high: Tensor2D = fill([rows, 1], 0); // what is above it does not
      for (let i = 0; i < HALVINGS; i++) {
        const middle = mul<Tensor2D>(add(low, high), 0.5);
        const reaches = greaterEqual(sum(mul(probabilities, above(middle)), 1, true), p);
        low = where(reaches, middle, low);
        high = where(reaches, high, middle);
      }
      return banWhereNot(scores, above(low));
    },
  };
}

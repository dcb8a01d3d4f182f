import { add, exp, fill, greaterEqual, mul, softmax, sum, where, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { finiteNumber } from '../../core/options.js';
import { banWhereNot } from '../ops/bans.js';
import { isAbove } from '../ops/isAbove.js';

/** The lowest log-probability that the bisection looks at. */
const LEAST_LOG = -40;
/** Halvings of the interval from `LEAST_LOG` to 0. They go down to the resolution of float32. */
const HALVINGS = 30;

/**
 * Bans all but the nucleus (Holtzman et al. 2020, §3.1): the option `topP` of sampling. The nucleus is the
 * smallest set of most probable tokens whose probabilities sum to at least `p`.
 *
 * These are all tokens above some probability. Bisection finds it on the device: the vocabulary is neither
 * sorted nor read back.
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
  finiteNumber({ above: 0, max: 1 })('keepTopP', 'p', p);
  return {
    name: 'keepTopP',
    process(scores) {
      if (p === 1) return scores;
      const rows = scores.shape[0];
      const probabilities = softmax(scores);
      const above = (logThreshold: Tensor2D): Tensor2D => isAbove(probabilities, exp(logThreshold));
      let low: Tensor2D = fill([rows, 1], LEAST_LOG); // the tokens above it reach p
      let high: Tensor2D = fill([rows, 1], 0); // the tokens above it do not
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

import {
  add,
  cumsum,
  div,
  exp,
  fill,
  greaterEqual,
  max,
  maximum,
  mul,
  softmax,
  sub,
  sum,
  where,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { finiteNumber } from '../../core/options.js';
import { banWhereNot } from '../ops/bans.js';
import { isAbove } from '../ops/isAbove.js';

/** The lowest log-probability that the bisection looks at. */
const LEAST_LOG = -40;
/** Halvings of the interval from `LEAST_LOG` to 0. They go down to the resolution of float32. */
const HALVINGS = 30;
/** A sum that misses `p` by this share of it has reached it: rounding makes sums of many numbers miss. */
const ROUNDING = 1e-5;

/**
 * Bans all but the nucleus (Holtzman et al. 2020, §3.1): the option `topP` of sampling. The nucleus is the
 * smallest set of most probable tokens whose probabilities sum to at least `p`. Of equal probabilities the
 * lower ids come first. A sum that rounding keeps below `p` has reached it.
 *
 * Bisection finds the smallest probability of the nucleus on the device: the vocabulary is neither sorted nor
 * read back.
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
      const goal = p * (1 - ROUNDING);
      const probabilities = softmax(scores);
      const above = (logThreshold: Tensor2D): Tensor2D => isAbove(probabilities, exp(logThreshold));
      const together = (kept: Tensor2D): Tensor2D => sum(mul(probabilities, kept), 1, true); // [rows, 1]
      let low: Tensor2D = fill([rows, 1], LEAST_LOG); // the tokens above it reach p
      let high: Tensor2D = fill([rows, 1], 0); // the tokens above it do not
      for (let i = 0; i < HALVINGS; i++) {
        const middle = mul<Tensor2D>(add(low, high), 0.5);
        const reaches = greaterEqual(together(above(middle)), goal);
        low = where(reaches, middle, low);
        high = where(reaches, high, middle);
      }
      // Between the two lie tokens of one probability. As many of them stay as are missing, by their ids.
      const sure = above(high);
      const equal = sub<Tensor2D>(above(low), sure);
      const missing = div<Tensor2D>(sub(goal, together(sure)), max(mul(probabilities, equal), 1, true));
      const places = add<Tensor2D>(maximum(missing, 0.5), 1); // one at least, however small p is
      const placed = mul<Tensor2D>(equal, isAbove(places, cumsum<Tensor2D>(equal, 1)));
      return banWhereNot(scores, add(sure, placed));
    },
  };
}

import { maximum, mul, sub, type Tensor2D } from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { finiteNumber } from '../../core/options.js';
import { BANNED_FROM, banWhereNot } from '../ops/bans.js';
import { isAbove } from '../ops/isAbove.js';

/** Plain products with such factors keep scores above the bans, and bans below the scores. */
const PLAIN = 1e4;
/**
 * Scores grow by this much at most. Float32 numbers that differ at all are then hundreds of nats apart, which
 * a larger factor would not change. A power of two rounds nothing.
 */
const LARGEST = 2 ** 33;
/** Scores shrink to this much of them at least, so that the factor is not 0 in float32. */
const SMALLEST = 2 ** -99;

/**
 * Divides the scores by `temperature`: the option `temperature` of sampling. Below 1 it sharpens the
 * distribution, above 1 it flattens it. Near 0 the best token takes all, as in greedy search.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { beam, scaleTemperature } from 'tfjs-seq2seq';
 * const strategy = beam({ processors: [scaleTemperature(0.7)] });
 * console.log(strategy.name);
 * ```
 */
export function scaleTemperature(temperature: number): LogitsProcessor {
  finiteNumber({ above: 0 })('scaleTemperature', 'temperature', temperature);
  const factor = Math.min(Math.max(1 / temperature, SMALLEST), LARGEST);
  return {
    name: 'scaleTemperature',
    process(scores) {
      if (factor === 1) return scores;
      const scaled = mul<Tensor2D>(scores, factor);
      if (factor <= PLAIN && factor >= 1 / PLAIN) return scaled;
      // What was no ban must not become one, and what was one stays one.
      return banWhereNot(
        maximum<Tensor2D>(scaled, BANNED_FROM / 2),
        isAbove(sub<Tensor2D>(scores, BANNED_FROM)),
      );
    },
  };
}

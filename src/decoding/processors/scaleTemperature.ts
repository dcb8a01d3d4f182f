import { mul } from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { finiteNumber } from '../../core/options.js';

/**
 * Divides the scores by `temperature`: the option `temperature` of sampling. Below 1 it sharpens the
 * distribution, above 1 it flattens it.
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
  return {
    name: 'scaleTemperature',
    process: (scores) => (temperature === 1 ? scores : mul(scores, 1 / temperature)),
  };
}

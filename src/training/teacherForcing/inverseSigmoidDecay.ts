import { checkOptionNames, finiteNumber } from '../../core/options.js';
import { describedSchedule, type ForcingSchedule } from './forcingSchedule.js';

/** Options of {@link inverseSigmoidDecay}. */
export interface InverseSigmoidDecayOptions {
  /** How long the ratio stays near 1, at least 1; it is a half at step `k ln k`. */
  readonly k: number;
  /** The ratio never falls below this, in [0, 1]. Default 0. */
  readonly floor?: number;
}

/**
 * Inverse sigmoid decay (Bengio et al. 2015, §2.4): `k / (k + exp(i / k))`, here with a floor.
 *
 * @throws `invalid-option` for unknown names or values out of range
 *
 * @example
 * ```ts
 * import { inverseSigmoidDecay } from 'tfjs-seq2seq';
 *
 * const ratio = inverseSigmoidDecay({ k: 1000 });
 * console.log(ratio(0).toFixed(3), ratio(6908).toFixed(3)); // 0.999 0.500
 * ```
 */
export function inverseSigmoidDecay(options: InverseSigmoidDecayOptions): ForcingSchedule {
  const name = 'inverseSigmoidDecay';
  checkOptionNames(name, options, ['k', 'floor']);
  const { k, floor = 0 } = options;
  finiteNumber(name, 'k', k, { min: 1 });
  finiteNumber(name, 'floor', floor, { min: 0, max: 1 });
  return describedSchedule({ kind: name, k, floor }, (step) => Math.max(floor, k / (k + Math.exp(step / k))));
}

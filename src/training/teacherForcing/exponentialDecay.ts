import { flooredDecay } from './flooredDecay.js';
import type { ForcingSchedule } from './forcingSchedule.js';

/** Options of {@link exponentialDecay}. */
export interface ExponentialDecayOptions {
  /** The base k, above 0 and below 1: 0.9999 reaches a half after about 6,900 steps. */
  readonly k: number;
  /** The ratio never falls below this, in [0, 1]. Default 0. */
  readonly floor?: number;
}

/**
 * Exponential decay (Bengio et al. 2015, §2.4): `k^i`, here with a floor.
 *
 * @throws `invalid-option` for unknown names or values out of range
 *
 * @example
 * ```ts
 * import { exponentialDecay } from 'tfjs-seq2seq';
 *
 * const ratio = exponentialDecay({ k: 0.5, floor: 0.1 });
 * console.log(ratio(0), ratio(2), ratio(9)); // 1 0.25 0.1
 * ```
 */
export function exponentialDecay(options: ExponentialDecayOptions): ForcingSchedule {
  return flooredDecay('exponentialDecay', options, { above: 0, below: 1 }, (k, step) => k ** step);
}

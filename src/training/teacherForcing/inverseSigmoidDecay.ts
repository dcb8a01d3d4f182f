import { flooredDecay } from './flooredDecay.js';
import type { ForcingSchedule } from './forcingSchedule.js';

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
  return flooredDecay('inverseSigmoidDecay', options, { min: 1 }, (k, step) => k / (k + Math.exp(step / k)));
}

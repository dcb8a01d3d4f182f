import { finiteNumber, positiveInteger, readOptions } from '../../core/options.js';
import { describedSchedule, type ForcingSchedule } from './forcingSchedule.js';

/** Options of {@link linearDecay}. */
export interface LinearDecayOptions {
  /** The ratio at step 0, in [0, 1]. Default 1. */
  readonly from?: number;
  /** The ratio from step `steps` on, in [0, 1]. Default 0. */
  readonly to?: number;
  /** How many steps the way takes, at least 1. */
  readonly steps: number;
}

/**
 * Linear decay (Bengio et al. 2015, §2.4): `max(ε, k - c i)`, with k = `from`, ε = `to` and
 * c = (`from` - `to`) / `steps`.
 *
 * @throws `invalid-option` for unknown names or values out of range
 *
 * @example
 * ```ts
 * import { linearDecay } from 'tfjs-seq2seq';
 *
 * const ratio = linearDecay({ from: 1, to: 0.5, steps: 100 });
 * console.log(ratio(0), ratio(50), ratio(1000)); // 1 0.75 0.5
 * ```
 */
export function linearDecay(options: LinearDecayOptions): ForcingSchedule {
  const kind = 'linearDecay';
  const { from, to, steps } = readOptions(kind, options, {
    from: [finiteNumber({ min: 0, max: 1 }), 1],
    to: [finiteNumber({ min: 0, max: 1 }), 0],
    steps: [positiveInteger],
  });
  return describedSchedule({ kind, from, to, steps }, (step) =>
    step >= steps ? to : from + (to - from) * (step / steps),
  );
}

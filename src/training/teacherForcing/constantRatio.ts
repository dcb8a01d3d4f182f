import { finiteNumber } from '../../core/options.js';
import { describedSchedule, type ForcingSchedule } from './forcingSchedule.js';

/**
 * The same ratio at every step. 1 always feeds the reference (teacher forcing, Williams & Zipser 1989).
 * 0 never does.
 *
 * @param ratio in [0, 1]
 * @throws `invalid-option` outside that range
 *
 * @example
 * ```ts
 * import { constantRatio } from 'tfjs-seq2seq';
 *
 * const ratio = constantRatio(0.5);
 * console.log(ratio(0), ratio(1000)); // 0.5 0.5
 * ```
 */
export function constantRatio(ratio: number): ForcingSchedule {
  finiteNumber({ min: 0, max: 1 })('constantRatio', 'ratio', ratio);
  return describedSchedule({ kind: 'constantRatio', ratio }, () => ratio);
}

import { finiteNumber, readOptions, type NumberRange } from '../../core/options.js';
import { describedSchedule, type ForcingSchedule } from './forcingSchedule.js';

/** The options of a decay by one constant. */
export interface FlooredDecayOptions {
  readonly k: number;
  readonly floor?: number;
}

/**
 * A schedule of one constant that never falls below its floor.
 *
 * @param kind the factory's name, for messages and for saving
 * @param range where `k` must lie
 * @param decay from `k` and the step to the ratio
 */
export function flooredDecay(
  kind: string,
  options: FlooredDecayOptions,
  range: NumberRange,
  decay: (k: number, step: number) => number,
): ForcingSchedule {
  const { k, floor } = readOptions(kind, options, {
    k: [finiteNumber(range)],
    floor: [finiteNumber({ min: 0, max: 1 }), 0],
  });
  return describedSchedule({ kind, k, floor }, (step) => Math.max(floor, decay(k, step)));
}

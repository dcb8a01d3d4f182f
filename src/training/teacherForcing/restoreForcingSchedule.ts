import { mismatch } from '../../core/errors.js';
import { constantRatio } from './constantRatio.js';
import { exponentialDecay } from './exponentialDecay.js';
import type { ForcingSchedule, ForcingScheduleJson } from './forcingSchedule.js';
import { inverseSigmoidDecay } from './inverseSigmoidDecay.js';
import { linearDecay } from './linearDecay.js';

/**
 * Makes a schedule again from what its `toJSON` returned. The numbers are checked as the factory checks them.
 *
 * @throws `missing-part` for a kind that this library does not have; `invalid-option` for damaged options
 */
export function restoreForcingSchedule({ kind, ...options }: ForcingScheduleJson): ForcingSchedule {
  const make = Object.hasOwn(SCHEDULES, kind) ? SCHEDULES[kind] : undefined;
  if (make !== undefined) return make(options as never);
  throw mismatch('missing-part', {
    where: 'restoreForcingSchedule',
    expected: 'a teacher forcing schedule of this library',
    received: kind,
    hint: 'Hand your own schedule to fit as options.teacherForcing.',
  });
}

const SCHEDULES: Readonly<Record<string, (options: never) => ForcingSchedule>> = {
  constantRatio: ({ ratio }: { readonly ratio: number }) => constantRatio(ratio),
  linearDecay,
  exponentialDecay,
  inverseSigmoidDecay,
};

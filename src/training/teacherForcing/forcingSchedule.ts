import type { JsonObject } from '../../core/json.js';

/** How often the decoder is fed the reference: from the number of updates so far to a ratio in [0, 1]. */
export interface ForcingSchedule {
  (step: number): number;
  /** The factory's name as `kind`, and its options, by which a saved model makes the schedule again. */
  toJSON(): ForcingScheduleJson;
}

/** How a {@link ForcingSchedule} travels inside a saved model. */
export type ForcingScheduleJson = JsonObject & { readonly kind: string };

/** Joins a function of the step with the description that makes it again. */
export function describedSchedule(
  json: ForcingScheduleJson,
  ratio: (step: number) => number,
): ForcingSchedule {
  return Object.assign((step: number) => ratio(step), { toJSON: () => ({ ...json }) });
}

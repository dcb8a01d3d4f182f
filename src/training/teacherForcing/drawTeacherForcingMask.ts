import type { Forcing } from '../../contracts/decoder.js';
import { finiteNumber, oneOf } from '../../core/options.js';
import type { Random } from '../../core/random.js';

/** What is decided at once: a whole batch, a position of all its rows, or each token. */
export type ForcingUnit = 'batch' | 'step' | 'token';

/** Every {@link ForcingUnit}. */
export const FORCING_UNITS: readonly ForcingUnit[] = ['batch', 'step', 'token'];

/** How likely the reference is fed, what a draw decides about, and for how many tokens. */
export interface ForcingDecision {
  /** How likely the reference is fed, in [0, 1]. */
  readonly ratio: number;
  /** What one draw decides about. */
  readonly per: ForcingUnit;
  /** Rows of the batch. */
  readonly batch: number;
  /** Target positions of the batch. */
  readonly time: number;
  /** Where the draws come from. */
  readonly random: Random;
}

/**
 * Draws which tokens are fed from the reference and which from the model's own predictions (scheduled
 * sampling, Bengio et al. 2015). Position 0, the start token, is always the reference's.
 *
 * @returns one flag a token, or `null` where the reference is fed everywhere and one pass over the batch is
 * enough
 * @throws `invalid-option` for a ratio outside [0, 1] or an unknown unit
 *
 * @example
 * ```ts
 * import { createRandom, decideForcing } from 'tfjs-seq2seq';
 *
 * const random = createRandom(1);
 * const tokens = { per: 'token' as const, batch: 2, time: 3, random };
 * console.log(decideForcing({ ratio: 1, ...tokens })); // null: the reference everywhere
 * console.log(decideForcing({ ratio: 0, ...tokens })); // 1, 0, 0, 1, 0, 0
 * ```
 */
export function drawTeacherForcingMask({ ratio, per, batch, time, random }: ForcingDecision): Forcing {
  const where = 'decideForcing'; // its public name
  finiteNumber({ min: 0, max: 1 })(where, 'ratio', ratio);
  oneOf(FORCING_UNITS)(where, 'per', per);
  if (ratio === 1) return null;
  const feeds = (): number => (random.next() < ratio ? 1 : 0);
  if (per === 'batch' && feeds() === 1) return null;
  const teacherForcingMask = new Uint8Array(batch * time);
  for (let position = 0; position < time; position++) {
    const shared = position === 0 ? 1 : per === 'step' ? feeds() : 0;
    for (let row = 0; row < batch; row++) {
      teacherForcingMask[row * time + position] = position > 0 && per === 'token' ? feeds() : shared;
    }
  }
  return teacherForcingMask;
}

import { concat, reshape, slice, stack, tensor, tidy, where, type Tensor } from '@tensorflow/tfjs-core';
import { disposeTensors, firstRows, tidyTensors } from '../core/containers.js';
import { noGradient } from '../core/noGradient.js';
import type { DecoderStart, Forcing } from '../contracts/decoder.js';

/** One step of a decoder without gradient: the state, and what it predicts, after feeding `last` at `position`. */
export type DecidingStep<T extends Tensor, S, C> = (
  last: T,
  state: S,
  position: number,
  constants: C,
) => { predict: () => T; state: S };

/**
 * Chooses what a decoder is fed at every position (scheduled sampling, Bengio et al. 2015): the reference where it is
 * forced, else what it predicts after the position before. Nothing flows back through the choice, so it is made
 * first, step by step and off the tape; training then runs over the chosen inputs in one pass. Predictions are made only where
 * one is fed, and nothing is computed past the last such position or for rows that have left (`stepRows`).
 *
 * @param reference ids `[batch, time]` int32, or frames `[batch, time, features]`
 * @param counts how many of the first rows go on at each position
 * @param step takes and predicts what stands at one position: `[batch]` or `[batch, features]`
 * @returns inputs of the same shape
 */
export function decideInputs<R extends Tensor, T extends Tensor, S, C>(
  reference: R,
  forcing: Forcing,
  counts: readonly number[],
  initial: DecoderStart<S, C>,
  step: DecidingStep<T, S, C>,
): R {
  if (forcing === null) return reference;
  const time = reference.shape[1] as number;
  const last = freePositions(forcing, counts).at(-1);
  if (last === undefined) return reference;

  return noGradient(() => {
    const fed = Array.from({ length: time }, (_, t) => at<T>(reference, t));
    let { state, constants } = initial;
    for (let t = 0; t < last; t++) {
      const rows = counts[t + 1] as number;
      const fewer = firstRows(constants, rows);
      disposeTensors(constants, [initial, state, fewer]);
      constants = fewer;
      const after = tidyTensors(() => {
        const { predict, state: next } = step(
          firstRows(fed[t] as T, rows),
          firstRows(state, rows),
          t,
          constants,
        );
        const isFree = freeRows(forcing, counts, t + 1) > 0;
        const chosen = isFree ? chooseFed(fed[t + 1] as T, predict(), forcing, [t + 1, time]) : null;
        return { next, chosen };
      });
      disposeTensors(state, [initial, constants, after.next]);
      state = after.next;
      if (after.chosen !== null) fed[t + 1] = after.chosen;
    }
    return stack(fed, 1) as R;
  });
}

/** The positions, from 1 on, where some row that goes on is fed a prediction. */
export function freePositions(forcing: Uint8Array, counts: readonly number[]): number[] {
  return counts.flatMap((_, t) => (t > 0 && freeRows(forcing, counts, t) > 0 ? [t] : []));
}

function freeRows(forcing: Uint8Array, counts: readonly number[], t: number): number {
  let free = 0;
  for (let row = 0; row < (counts[t] as number); row++)
    free += forcing[row * counts.length + t] === 0 ? 1 : 0;
  return free;
}

/**
 * What is fed at one position of `time`: the reference or, where a row is free, its prediction.
 *
 * @param reference of all rows, `[batch]` or `[batch, features]`
 * @param predicted of the first rows
 */
export function chooseFed<T extends Tensor>(
  reference: T,
  predicted: T,
  forcing: Uint8Array,
  [position, time]: [number, number],
): T {
  const [rows, ...rest] = predicted.shape as [number, ...number[]];
  const flags = Uint8Array.from({ length: rows }, (_, row) => forcing[row * time + position] as number);
  const chosen = flags.some((isForced) => isForced !== 0)
    ? where(tensor(flags, [rows, ...rest.map(() => 1)], 'bool'), firstRows(reference, rows), predicted)
    : predicted;
  return (rows === reference.shape[0] ? chosen : concat([chosen, slice(reference, [rows])])) as T;
}

/** What stands at one position of a sequence. */
export function at<T extends Tensor>(sequence: Tensor, t: number): T {
  const [batch, , ...rest] = sequence.shape as [number, number, ...number[]];
  return tidy(() => reshape(slice(sequence, [0, t], [batch, 1]), [batch, ...rest])) as T;
}

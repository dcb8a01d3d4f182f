import { concat, reshape, slice, stack, tensor, tidy, where } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { disposeTensors, firstRows, tidyTensors } from '../core/containers.js';
import { noGradient } from '../core/noGradient.js';
import type { DecoderStart, Forcing } from '../contracts/decoder.js';
import type { ActiveRows } from './activeRows.js';

/** One step without gradient: the state, and what is predicted, after `last` is fed at `position`. */
export type SamplingStep<S, C> = (
  last: Tensor1D,
  state: S,
  position: number,
  constants: C,
) => { predict: () => Tensor1D; state: S };

/**
 * Chooses what a decoder is fed at every position (scheduled sampling, Bengio et al. 2015): the reference
 * where it is forced, else what the decoder predicts after the position before.
 *
 * Nothing flows back through a choice. So all choices are made first, step by step and off the tape. Training
 * then runs over the chosen inputs in one pass. A prediction is made only where one is fed. Nothing is
 * computed past the last such position, or for rows that have left.
 *
 * @param reference ids `[batch, time]` int32
 * @param active which rows go on at each position
 * @param step takes and predicts the ids at one position, `[rows]` int32
 * @returns ids `[batch, time]`
 */
export function scheduledSampling<S, C>(
  reference: Tensor2D,
  teacherForcingMask: Forcing,
  active: ActiveRows,
  initial: DecoderStart<S, C>,
  step: SamplingStep<S, C>,
): Tensor2D {
  const [, time] = reference.shape;
  const sampled = sampledPositions(teacherForcingMask, active);
  const last = sampled.at(-1);
  if (last === undefined) return reference;

  return noGradient(() => {
    const fed = Array.from({ length: time }, (_, t) => atPosition<Tensor1D>(reference, t));
    let { state, constants } = initial;
    for (let t = 0; t < last; t++) {
      const rows = active.batchSizes[t + 1] as number;
      const fewer = firstRows(constants, rows);
      disposeTensors(constants, [initial, state, fewer]);
      constants = fewer;
      const after = tidyTensors(() => {
        const { predict, state: next } = step(
          firstRows(fed[t] as Tensor1D, rows),
          firstRows(state, rows),
          t,
          constants,
        );
        const chosen = sampled.includes(t + 1)
          ? mixPredictions(fed[t + 1] as Tensor1D, predict(), teacherForcingMask, [t + 1, time])
          : null;
        return { next, chosen };
      });
      disposeTensors(state, [initial, constants, after.next]);
      state = after.next;
      if (after.chosen !== null) fed[t + 1] = after.chosen;
    }
    return stack(fed, 1) as Tensor2D;
  });
}

/** The positions, from 1 on, where some row that has not ended is fed a prediction. */
export function sampledPositions(
  teacherForcingMask: Forcing,
  { lengths, batchSizes }: Pick<ActiveRows, 'lengths' | 'batchSizes'>,
): number[] {
  if (teacherForcingMask === null) return [];
  const time = batchSizes.length;
  const isSampled = (t: number): boolean =>
    lengths.some((length, row) => t < length && teacherForcingMask[row * time + t] === 0);
  return [...batchSizes.keys()].filter((t) => t > 0 && isSampled(t));
}

/**
 * What is fed at one position of `time`: the reference or, where a row is not forced, its prediction.
 *
 * @param reference of all rows, `[batch]` or `[batch, features]`
 * @param predicted of the first rows
 */
export function mixPredictions<T extends Tensor>(
  reference: T,
  predicted: T,
  teacherForcingMask: Forcing,
  [position, time]: [number, number],
): T {
  const [rows, ...rest] = predicted.shape as [number, ...number[]];
  const forced = Uint8Array.from(
    { length: rows },
    (_, row) => teacherForcingMask?.[row * time + position] ?? 1,
  );
  const mixed = forced.some((isForced) => isForced !== 0)
    ? where(tensor(forced, [rows, ...rest.map(() => 1)], 'bool'), firstRows(reference, rows), predicted)
    : predicted;
  return (rows === reference.shape[0] ? mixed : concat([mixed, slice(reference, [rows])])) as T;
}

/** What stands at one position of a sequence `[batch, time, …]`: `[batch, …]`. */
export function atPosition<T extends Tensor>(sequence: Tensor, t: number): T {
  const [batch, , ...rest] = sequence.shape as [number, number, ...number[]];
  return tidy(() => reshape(slice(sequence, [0, t], [batch, 1]), [batch, ...rest])) as T;
}

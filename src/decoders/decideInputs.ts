import { stack, type Tensor1D, type Tensor2D } from '@tensorflow/tfjs-core';
import { disposeTensors, firstRows, tidyTensors } from '../core/containers.js';
import { noGradient } from '../core/noGradient.js';
import type { DecoderStart, Forcing } from '../contracts/decoder.js';
import { at, chooseFed, freePositions } from './scheduledSampling.js';
import type { StepRows } from './activeRows.js';

/** One step of a decoder without gradient: the state, and what it predicts, after feeding `last` at `position`. */
export type DecidingStep<S, C> = (
  last: Tensor1D,
  state: S,
  position: number,
  constants: C,
) => { predict: () => Tensor1D; state: S };

/**
 * Chooses what a decoder is fed at every position (scheduled sampling, Bengio et al. 2015): the reference where it is
 * forced, else what it predicts after the position before. Nothing flows back through the choice, so it is made
 * first, step by step and off the tape; training then runs over the chosen inputs in one pass. Predictions are made only where
 * one is fed, and nothing is computed past the last such position or for rows that have left (`stepRows`).
 *
 * @param reference ids `[batch, time]` int32
 * @param steps which rows go on at each position
 * @param step takes and predicts the ids at one position, `[rows]` int32
 * @returns ids `[batch, time]`
 */
export function decideInputs<S, C>(
  reference: Tensor2D,
  forcing: Forcing,
  steps: StepRows,
  initial: DecoderStart<S, C>,
  step: DecidingStep<S, C>,
): Tensor2D {
  if (forcing === null) return reference;
  const [, time] = reference.shape;
  const free = freePositions(forcing, steps);
  const last = free.at(-1);
  if (last === undefined) return reference;

  return noGradient(() => {
    const fed = Array.from({ length: time }, (_, t) => at<Tensor1D>(reference, t));
    let { state, constants } = initial;
    for (let t = 0; t < last; t++) {
      const rows = steps.counts[t + 1] as number;
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
        const chosen = free.includes(t + 1)
          ? chooseFed(fed[t + 1] as Tensor1D, predict(), forcing, [t + 1, time])
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

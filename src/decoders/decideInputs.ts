import { reshape, slice, stack, tensor, tidy, where, type Tensor } from '@tensorflow/tfjs-core';
import { disposeTensors, tidyTensors } from '../core/containers.js';
import { noGradient } from '../core/noGradient.js';
import type { Forcing } from '../contracts/decoder.js';

/** One step of a decoder without gradient: the state, and what it predicts, after feeding `last` at `position`. */
export type DecidingStep<T extends Tensor, S> = (
  last: T,
  state: S,
  position: number,
) => { predict: () => T; state: S };

/**
 * Chooses what a decoder is fed at every position (scheduled sampling, Bengio et al. 2015): the reference where it is
 * forced, else what it predicts after the position before. Nothing flows back through the choice, so it is made
 * first, step by step and off the tape; training then runs over the chosen inputs in one pass. Predictions are made only where
 * one is fed, and nothing is computed past the last such position.
 *
 * @param reference ids `[batch, time]` int32, or frames `[batch, time, features]`
 * @param step takes and predicts what stands at one position: `[batch]` or `[batch, features]`
 * @returns inputs of the same shape
 */
export function decideInputs<R extends Tensor, T extends Tensor, S>(
  reference: R,
  forcing: Forcing,
  initial: S,
  step: DecidingStep<T, S>,
): R {
  if (forcing === null) return reference;
  const [batch, time, ...rest] = reference.shape as [number, number, ...number[]];
  const freeRows = (t: number): number => {
    let free = 0;
    for (let row = 0; row < batch; row++) free += forcing[row * time + t] === 0 ? 1 : 0;
    return free;
  };
  let last = time - 1;
  while (last > 0 && freeRows(last) === 0) last--;
  if (last === 0) return reference;

  return noGradient(() => {
    const fed = Array.from({ length: time }, (_, t) => at<T>(reference, t));
    let state = initial;
    for (let t = 0; t < last; t++) {
      const free = freeRows(t + 1);
      const after = tidyTensors(() => {
        const { predict, state: next } = step(fed[t] as T, state, t);
        if (free === 0) return { next, chosen: null };
        const predicted = predict();
        const flags = Uint8Array.from({ length: batch }, (_, row) => forcing[row * time + t + 1] ?? 1);
        const forced = tensor(flags, [batch, ...rest.map(() => 1)], 'bool');
        return {
          next,
          chosen: free === batch ? predicted : (where(forced, fed[t + 1] as T, predicted) as T),
        };
      });
      if (t > 0) disposeTensors(state, [initial, after.next]);
      state = after.next;
      if (after.chosen !== null) fed[t + 1] = after.chosen;
    }
    return stack(fed, 1) as R;
  });
}

/** What stands at one position of a sequence. */
function at<T extends Tensor>(sequence: Tensor, t: number): T {
  const [batch, , ...rest] = sequence.shape as [number, number, ...number[]];
  return tidy(() => reshape(slice(sequence, [0, t], [batch, 1]), [batch, ...rest])) as T;
}

import { argMax, cast, slice, squeeze, stack, tensor1d, tidy, where } from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { disposeTensors, tidyTensors } from '../core/containers.js';
import { noGradient } from '../core/noGradient.js';
import type { Forcing } from '../contracts/decoder.js';

/** One step of a decoder without gradient: the logits after feeding `tokens` at `position`. */
export type DecidingStep<S> = (
  tokens: Tensor1D,
  state: S,
  position: number,
) => { logits: () => Tensor2D; state: S };

/**
 * Chooses what a decoder is fed at every position (scheduled sampling, Bengio et al. 2015): the reference where it is
 * forced, else the most probable token after the position before. Nothing flows back through the choice, so it is made
 * first, step by step and off the tape; training then runs over the chosen ids in one pass. Logits are computed only where
 * a prediction is fed, and nothing is computed past the last such position.
 *
 * @param reference `[batch, time]` int32
 * @returns ids of the same shape
 */
export function decideInputs<S>(
  reference: Tensor2D,
  forcing: Forcing,
  initial: S,
  step: DecidingStep<S>,
): Tensor2D {
  if (forcing === null) return reference;
  const [batch, time] = reference.shape;
  const freeRows = (t: number): number => {
    let free = 0;
    for (let row = 0; row < batch; row++) free += forcing[row * time + t] === 0 ? 1 : 0;
    return free;
  };
  let last = time - 1;
  while (last > 0 && freeRows(last) === 0) last--;
  if (last === 0) return reference;

  return noGradient(() => {
    const columns = Array.from({ length: time }, (_, t) => column(reference, t));
    let state = initial;
    for (let t = 0; t < last; t++) {
      const free = freeRows(t + 1);
      const after = tidyTensors(() => {
        const { logits, state: next } = step(columns[t] as Tensor1D, state, t);
        if (free === 0) return { next, chosen: null };
        const predicted = cast(argMax(logits(), 1), 'int32') as Tensor1D;
        const flags = Uint8Array.from({ length: batch }, (_, row) => forcing[row * time + t + 1] ?? 1);
        const chosen =
          free === batch ? predicted : where(tensor1d(flags, 'bool'), columns[t + 1] as Tensor1D, predicted);
        return { next, chosen };
      });
      if (t > 0) disposeTensors(state, [initial, after.next]);
      state = after.next;
      if (after.chosen !== null) columns[t + 1] = after.chosen;
    }
    return stack(columns, 1) as Tensor2D;
  });
}

function column(ids: Tensor2D, t: number): Tensor1D {
  return tidy(() => squeeze(slice(ids, [0, t], [ids.shape[0], 1]), [1]));
}

import type { Tensor } from '@tensorflow/tfjs-core';
import type { StepReport } from '../../contracts/generationOptions.js';
import type { StepResult } from '../../contracts/stepFunction.js';
import { deviceError } from '../../core/device.js';
import { createPause } from '../../core/pause.js';
import { createRowTensors } from './rowTensors.js';
import { throwIfAborted } from '../../core/throwIfAborted.js';

/** What tells one kind of generation from another; the caller keeps owning `state` and `constants`. */
export interface Generation<L extends Tensor, S, C, P> {
  /** The public function, for messages. */
  readonly where: string;
  readonly state: S;
  readonly constants: C;
  readonly batchSize: number;
  /** The sentence of each row at the start. */
  readonly rows: readonly number[];
  readonly signal: AbortSignal | undefined;
  readonly onStep: ((report: StepReport) => void | Promise<void>) | undefined;
  /** What the step reads of the live rows; freed after it. */
  input(): L;
  /** Reads what the step gave, whose tensors are freed afterwards, and decides which rows go on. */
  advance(result: StepResult<S>, position: number): Promise<Advance<P>>;
}

/** How it goes on after a step. */
export interface Advance<P> {
  /** Which row each new one was. */
  readonly parents: readonly number[];
  /** The sentence of each new row. */
  readonly sentences: readonly number[];
  readonly progress: P;
}

/** The one loop under everything that generates: steps all sentences together, and yields the progress after each step. */
export async function* stepThrough<L extends Tensor, S, C, P>(
  step: (last: L, state: S, position: number, constants: C) => StepResult<S> | Promise<StepResult<S>>,
  { where, state, constants, batchSize, rows, signal, onStep, input, advance }: Generation<L, S, C, P>,
): AsyncGenerator<P, void, void> {
  const tensors = createRowTensors(where, state, constants, batchSize);
  const pause = createPause();
  let live = rows;
  try {
    throwIfAborted(where, signal);
    tensors.reorder(live, live);
    for (let position = 0; live.length > 0; position++) {
      const last = input();
      const result = await tensors.advance(step, last, position).finally(() => last.dispose());
      const { parents, sentences, progress } = await advance(result, position).finally(() =>
        tensors.release(result),
      );
      throwIfAborted(where, signal);
      if (parents.length > 0) tensors.reorder(parents, sentences);
      const finishedSentences = batchSize - new Set(sentences).size;
      await onStep?.({ position, rows: live.length, finishedSentences, batchSize });
      live = sentences;
      yield progress;
      await pause();
      throwIfAborted(where, signal);
    }
  } catch (error) {
    throw deviceError(error);
  } finally {
    tensors.dispose();
  }
}

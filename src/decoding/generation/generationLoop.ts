import type { Tensor } from '@tensorflow/tfjs-core';
import type { StepReport } from '../../contracts/generationOptions.js';
import type { StepResult } from '../../contracts/stepFunction.js';
import { deviceError } from '../../core/device.js';
import { createPause } from '../../core/pause.js';
import { throwIfAborted } from '../../core/throwIfAborted.js';
import { createRowTensors } from './rowTensors.js';

/** What tells one kind of generation from another; the caller keeps owning `state` and `constants`. */
export interface Generation<L extends Tensor, S, C, P> {
  /** The public function, for messages. */
  readonly where: string;
  readonly state: S;
  readonly constants: C;
  readonly batchSize: number;
  /** The sentence of each row at the start. */
  readonly sentenceOfRow: readonly number[];
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((report: StepReport) => void | Promise<void>) | undefined;
  /** What the step reads: one token or frame a row. It is freed after the step. */
  input(): L;
  /** Reads what the step gave and decides which rows go on. The tensors of `result` are freed afterwards. */
  advance(result: StepResult<S>, position: number): Promise<NextRows<P>>;
}

/** The rows that go on after a step. */
export interface NextRows<P> {
  /** Which row each of them was before. */
  readonly parents: readonly number[];
  /** The sentence of each of them. */
  readonly sentenceOfRow: readonly number[];
  /** What the loop yields. */
  readonly progress: P;
}

/**
 * The one loop under everything that generates, tokens or frames. It steps all sentences together until no
 * row is left, and yields the progress after each step.
 */
export async function* generationLoop<L extends Tensor, S, C, P>(
  step: (last: L, state: S, position: number, constants: C) => StepResult<S> | Promise<StepResult<S>>,
  generation: Generation<L, S, C, P>,
): AsyncGenerator<P, void, void> {
  const { where, state, constants, batchSize, signal, onStep, input, advance } = generation;
  let { sentenceOfRow } = generation;
  const tensors = createRowTensors(where, state, constants, batchSize);
  const pause = createPause();
  try {
    throwIfAborted(where, signal);
    tensors.reorder(sentenceOfRow, sentenceOfRow);
    for (let position = 0; sentenceOfRow.length > 0; position++) {
      const last = input();
      const result = await tensors.runStep(step, last, position).finally(() => last.dispose());
      const next = await advance(result, position).finally(() => tensors.release(result));
      throwIfAborted(where, signal);
      if (next.parents.length > 0) tensors.reorder(next.parents, next.sentenceOfRow);
      const rows = sentenceOfRow.length;
      sentenceOfRow = next.sentenceOfRow;
      const finishedSentences = batchSize - new Set(sentenceOfRow).size;
      await onStep?.({ position, rows, finishedSentences, batchSize });
      yield next.progress;
      await pause();
      throwIfAborted(where, signal);
    }
  } catch (error) {
    throw deviceError(error);
  } finally {
    tensors.dispose();
  }
}

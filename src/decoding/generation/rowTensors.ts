import { gather, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { StepResult } from '../../contracts/stepFunction.js';
import { disposeTensors, mapTensors, tensorsOf } from '../../core/containers.js';
import { mismatch } from '../../core/errors.js';

/**
 * The tensors of a running generation: the state and the constants, one row for each sequence that goes on.
 * It owns what it makes and what a step returns. It never disposes of the caller's initial state and
 * constants.
 */
export interface RowTensors<S, C> {
  /** Runs one step and takes over the state that it returns. The caller frees the rest with `release`. */
  runStep<L extends Tensor>(
    step: (last: L, state: S, position: number, constants: C) => StepResult<S> | Promise<StepResult<S>>,
    last: L,
    position: number,
  ): Promise<StepResult<S>>;
  /** Frees what a step returned besides its state. */
  release(result: StepResult<S>): void;
  /**
   * Row `i` becomes what row `parents[i]` is now. The constants are gathered only if rows change their
   * sentence.
   *
   * @param sentenceOfRow the sentence of each new row
   */
  reorder(parents: readonly number[], sentenceOfRow: readonly number[]): void;
  dispose(): void;
}

/** Starts with one row a sentence. @throws `disposed`, `invalid-shape` */
export function createRowTensors<S, C>(
  where: string,
  state: S,
  constants: C,
  batchSize: number,
): RowTensors<S, C> {
  const borrowed = tensorsOf([state, constants]);
  /** The sentence that each row of `constants` belongs to. */
  let before: readonly number[] = Array.from({ length: batchSize }, (_, sentence) => sentence);
  checkRows(where, 'the initial state', state, batchSize);
  checkRows(where, 'the constants', constants, batchSize);
  const release = ({ logits, attention }: StepResult<S>): void =>
    disposeTensors([logits, attention], [state, constants, borrowed]);
  return {
    async runStep(step, last, position) {
      const result = await step(last, state, position, constants);
      if (result === null || typeof result !== 'object' || !('logits' in result) || !('state' in result)) {
        throw mismatch('invalid-input', {
          where,
          expected: 'the step function to return { logits, state }',
          received: result,
        });
      }
      disposeTensors(state, [result, constants, borrowed]);
      state = result.state;
      try {
        checkRows(where, 'the state that the step returned', state, last.shape[0] as number);
      } catch (error) {
        release(result);
        throw error;
      }
      return result;
    },
    release,
    reorder(parents, sentenceOfRow) {
      if (equal(parents, [...before.keys()])) return;
      const index = tensor1d([...parents], 'int32');
      try {
        const next = gatherRows(state, index);
        disposeTensors(state, [constants, borrowed]);
        state = next;
        if (equal(sentenceOfRow, before)) return;
        const fewer = gatherRows(constants, index);
        disposeTensors(constants, borrowed);
        constants = fewer;
        before = sentenceOfRow;
      } finally {
        index.dispose();
      }
    },
    dispose: () => disposeTensors([state, constants], borrowed),
  };
}

function equal(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

function gatherRows<T>(container: T, index: Tensor): T {
  const gathered = new Map(
    tensorsOf(container).map((tensor) => [tensor, tidy(() => gather(tensor, index as never))]),
  );
  return mapTensors(container, (tensor) => gathered.get(tensor) as Tensor);
}

function checkRows(where: string, what: string, container: unknown, rows: number): void {
  for (const tensor of tensorsOf(container)) {
    if (tensor.isDisposed) {
      throw mismatch('disposed', { where, expected: `${what} to be alive`, received: 'a disposed tensor' });
    }
    if (tensor.shape[0] !== rows) {
      throw mismatch('invalid-shape', {
        where,
        expected: `every tensor of ${what} to have ${rows} rows`,
        received: tensor.shape,
      });
    }
  }
}

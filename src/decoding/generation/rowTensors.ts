import { gather, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { StepResult } from '../../contracts/stepFunction.js';
import { disposeTensors, mapTensors, tensorsOf } from '../../core/containers.js';
import { describe, mismatch } from '../../core/errors.js';

/**
 * The tensors of a running search: the state and the constants of its live rows. It owns what it makes and what a
 * step returns; the caller's initial state and constants it never disposes of.
 */
export interface RowTensors<S, C> {
  /**
   * Runs one step over whatever it reads of the position before, and takes over the state it returns; the caller disposes of
   * the rest with `release`.
   */
  advance<L extends Tensor>(
    step: (last: L, state: S, position: number, constants: C) => StepResult<S> | Promise<StepResult<S>>,
    last: L,
    position: number,
  ): Promise<StepResult<S>>;
  /** Frees what a step returned besides its state. */
  release(result: StepResult<S>): void;
  /**
   * Row `i` becomes what row `parents[i]` is now. The constants are touched only where rows change their sentence.
   *
   * @param sentences the sentence of each new row
   */
  reorder(parents: readonly number[], sentences: readonly number[]): void;
  dispose(): void;
}

/** Takes a row a sentence, at first. @throws `disposed`, `invalid-shape` */
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
    async advance(step, last, position) {
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
    reorder(parents, sentences) {
      if (equal(parents, [...before.keys()])) return;
      const index = tensor1d([...parents], 'int32');
      try {
        const next = gatherRows(state, index);
        disposeTensors(state, [constants, borrowed]);
        state = next;
        if (equal(sentences, before)) return;
        const fewer = gatherRows(constants, index);
        disposeTensors(constants, borrowed);
        constants = fewer;
        before = sentences;
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
  const gathered = new Map<Tensor, Tensor>();
  return mapTensors(container, (tensor) => {
    const known = gathered.get(tensor);
    if (known !== undefined) return known;
    const rows = tidy(() => gather(tensor, index as never));
    gathered.set(tensor, rows);
    return rows;
  });
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
        received: `shape ${describe(tensor.shape)}`,
      });
    }
  }
}

import { gather, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { StepFunction, StepResult } from '../contracts/stepFunction.js';
import { disposeTensors, mapTensors, tensorsOf } from '../core/containers.js';
import { describe, mismatch } from '../core/errors.js';

/**
 * The tensors of a running search: the state and the constants of its live rows. It owns what it makes and what a
 * step returns; `borrowed` (the caller's initial state and constants) it never disposes of.
 */
export class RowTensors<S, C> {
  private readonly where: string;
  private readonly borrowed: readonly Tensor[];
  private state: S;
  private constants: C;
  /** The sentence that each row of `constants` belongs to. */
  private sentences: readonly number[];

  constructor(where: string, state: S, constants: C, batchSize: number) {
    this.where = where;
    this.state = state;
    this.constants = constants;
    this.borrowed = tensorsOf([state, constants]);
    this.sentences = Array.from({ length: batchSize }, (_, sentence) => sentence);
    checkRows(where, 'the initial state', state, batchSize);
    checkRows(where, 'the constants', constants, batchSize);
  }

  /** Runs one step over the last tokens; see {@link RowTensors.advance}. */
  async step(step: StepFunction<S, C>, lastIds: readonly number[], position: number): Promise<StepResult<S>> {
    const tokens = tensor1d([...lastIds], 'int32');
    try {
      return await this.advance(step, tokens, position);
    } finally {
      tokens.dispose();
    }
  }

  /**
   * Runs one step over whatever it reads of the position before, and takes over the state it returns; the caller disposes of
   * the rest with {@link release}.
   */
  async advance<L extends Tensor>(
    step: (last: L, state: S, position: number, constants: C) => StepResult<S> | Promise<StepResult<S>>,
    last: L,
    position: number,
  ): Promise<StepResult<S>> {
    const result = await step(last, this.state, position, this.constants);
    if (result === null || typeof result !== 'object' || !('logits' in result) || !('state' in result)) {
      throw mismatch('invalid-input', {
        where: this.where,
        expected: 'the step function to return { logits, state }',
        received: result,
      });
    }
    disposeTensors(this.state, [result, this.constants, this.borrowed]);
    this.state = result.state;
    try {
      checkRows(this.where, 'the state that the step returned', result.state, last.shape[0] as number);
    } catch (error) {
      this.release(result);
      throw error;
    }
    return result;
  }

  /** Frees what a step returned besides its state. */
  release(result: StepResult<S>): void {
    disposeTensors([result.logits, result.attention], [this.state, this.constants, this.borrowed]);
  }

  /**
   * Row `i` becomes what row `parents[i]` is now. The constants are touched only where rows change their sentence.
   *
   * @param sentences the sentence of each new row
   */
  reorder(parents: readonly number[], sentences: readonly number[]): void {
    const before = this.sentences;
    if (parents.length === before.length && parents.every((parent, row) => parent === row)) return;
    const index = tensor1d([...parents], 'int32');
    try {
      const state = gatherRows(this.state, index);
      disposeTensors(this.state, [this.constants, this.borrowed]);
      this.state = state;
      if (sentences.length !== before.length || sentences.some((sentence, row) => sentence !== before[row])) {
        const constants = gatherRows(this.constants, index);
        disposeTensors(this.constants, this.borrowed);
        this.constants = constants;
        this.sentences = sentences;
      }
    } finally {
      index.dispose();
    }
  }

  dispose(): void {
    disposeTensors([this.state, this.constants], this.borrowed);
  }
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

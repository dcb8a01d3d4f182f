import type { Tensor2D } from '@tensorflow/tfjs-core';

/**
 * Changes the scores of the next token before a search chooses: bans, penalties, temperature.
 *
 * A processor sees scores, not the search, so that the same one works in every strategy. What it remembers of
 * a row, such as the n-grams seen, is state that it hands back. It has no fields of its own: rows branch, and
 * one processor serves many searches.
 *
 * @typeParam State what is remembered of one row. Do not change it: rows that branch share it
 */
export interface LogitsProcessor<State = unknown> {
  /** For error messages. */
  readonly name: string;
  /** The state of a row without tokens. */
  start?(sentence: number): State;
  /** The state after one more token. Must not change `state`. */
  advance?(state: State, token: number): State;
  /**
   * @param scores `[rows, vocabulary]` log-probabilities as earlier processors left them
   * @returns new scores of the same shape, or `scores` itself. A token at or below -1e15 is banned. It runs
   * inside `tf.tidy`
   */
  process(scores: Tensor2D, context: ProcessorContext<State>): Tensor2D;
}

/** What a {@link LogitsProcessor} knows besides the scores. */
export interface ProcessorContext<State = unknown> {
  /** How many tokens stand before the one to choose, from 0. */
  readonly position: number;
  /** Row `i` of the scores belongs to `rows[i]`. */
  readonly rows: readonly ProcessorRow<State>[];
  /** Columns of the scores. */
  readonly vocabularySize: number;
  /** The end token. */
  readonly eosId: number;
}

/** One row that a search works on. */
export interface ProcessorRow<State = unknown> {
  /** Which of the caller's sentences it continues. */
  readonly sentence: number;
  /** What the processor remembers of this row. */
  readonly state: State;
  /** The tokens so far, without the start token. Read it, do not keep it. */
  tokens(): readonly number[];
}

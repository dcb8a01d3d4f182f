import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';

/**
 * One step of any autoregressive model: from the last token of each row and a state to the next token's
 * logits.
 *
 * A step disposes of nothing that it was given, and may return the same tensors. Its caller owns what it
 * returns.
 *
 * @typeParam S state that each row owns: nested containers of tensors whose first axis is the row
 * @typeParam C constants of a sentence (memory, keys, mask), of the same form
 * @param lastTokens `[rows]` int32: `<sos>` at position 0, then the token chosen at `position - 1`
 * @param position how many tokens stand before the one to predict, from 0
 */
export type StepFunction<S = unknown, C = unknown> = (
  lastTokens: Tensor1D,
  state: S,
  position: number,
  constants: C,
) => StepResult<S> | Promise<StepResult<S>>;

/** What a step returns. */
export interface StepResult<S = unknown> {
  /** Unnormalised log-probabilities, `[rows, vocabulary]`. */
  readonly logits: Tensor2D;
  /** The state after this step. */
  readonly state: S;
  /** Attention weights, `[rows, sourceTime]`, if the model has any. */
  readonly attention?: Tensor2D;
}

/**
 * Why a hypothesis ended.
 *
 * - `'eos'`: it chose the end token
 * - `'length'`: it reached the longest length, or its source is longer than the encoder can read
 * - `'stopped'`: a stopping criterion said so
 * - `'stuck'`: every token that could follow was banned, or its source is empty
 */
export type FinishReason = 'eos' | 'length' | 'stopped' | 'stuck';

/** One generated sequence. */
export interface Hypothesis {
  /** Without start and end token. */
  readonly ids: number[];
  /** What the search ranks by: the log-probability after processors and length penalty. */
  readonly score: number;
  /** Natural log-probability under the unmodified model, the end token's included. */
  readonly logProbability: number;
  /** One a token of `ids`, then the end token's where `finishReason` is `eos`. */
  readonly tokenLogProbabilities: number[];
  /** Why it ended. */
  readonly finishReason: FinishReason;
  /** One row of weights over the source positions a token, where the step returns attention. */
  readonly attention?: Float32Array[];
}

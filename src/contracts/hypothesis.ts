/**
 * Why a hypothesis ended. It chose the end token, it reached the longest length, or a stopping criterion said
 * so.
 */
export type FinishReason = 'eos' | 'length' | 'stopped';

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

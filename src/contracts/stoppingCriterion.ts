/**
 * Ends a hypothesis before its end token. The `finishReason` is then `stopped`. A criterion must not remember
 * anything.
 */
export interface StoppingCriterion {
  /** For error messages. */
  readonly name: string;
  /** Asked after each token but the end token. The token that it was asked for stays in the hypothesis. */
  shouldStop(candidate: StoppingCandidate): boolean;
}

/** The hypothesis that a {@link StoppingCriterion} judges. */
export interface StoppingCandidate {
  /** Which of the caller's sentences it continues. */
  readonly sentence: number;
  /** How many tokens it has. */
  readonly length: number;
  /** Natural log-probability so far, under the unmodified model. */
  readonly logProbability: number;
  /** The last `count` tokens (fewer where there are fewer), oldest first. */
  last(count: number): readonly number[];
}

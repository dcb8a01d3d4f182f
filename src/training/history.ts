/** What came of one epoch. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean training loss a token, each batch as its weights stood then. */
  readonly loss: number;
  /** Real target tokens. */
  readonly tokens: number;
  /** Time of the training steps, without validation. */
  readonly seconds: number;
  /** `tokens / seconds`. */
  readonly tokensPerSecond: number;
  /** Whatever `validate` returned. */
  readonly validation?: Readonly<Record<string, number>>;
}

/** What came of a training run. */
export interface History {
  /** One record a finished epoch. */
  readonly epochs: readonly EpochRecord[];
  /** Weight updates done, those of an unfinished epoch included. */
  readonly updates: number;
}

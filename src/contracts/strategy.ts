import type { GenerationOptions, TextGenerationOptions } from './generationOptions.js';
import type { Hypothesis } from './hypothesis.js';
import type { StepFunction } from './stepFunction.js';

/** What a search must know of the model and the batch. */
export interface SearchSetup<C = unknown> {
  /** Sentences; the first axis of every tensor of the initial state and the constants. */
  readonly batchSize: number;
  /** Fed at position 0. */
  readonly sosId: number;
  /** Ends a hypothesis. */
  readonly eosId: number;
  /**
   * What the step gets as its fourth argument, such as memory, keys and masks. The caller keeps owning these
   * tensors.
   */
  readonly constants?: C;
  /**
   * One a sentence. A `maxLength` that follows the source needs them, and coverage. They also cut padding off
   * the attention.
   */
  readonly sourceLengths?: ArrayLike<number>;
  /**
   * Where each sentence stands in the caller's own list, which the caller may have sorted and split.
   * `forcedPrefix`, `allowedTokens`, processors and stopping criteria know the sentence by this number, and
   * sampling draws by it. So nothing depends on how sentences are put together. Whole numbers from 0.
   * Default: the place in the batch.
   */
  readonly sentenceNumbers?: ArrayLike<number>;
  /**
   * The most steps that the model can take, from 1: where learned positions end, a search does too. Default:
   * any number.
   */
  readonly maxPositions?: number | undefined;
  /**
   * Ids that the model never means, such as padding and start. They are never chosen, but the softmax still
   * counts them.
   */
  readonly bannedIds?: readonly number[];
}

/** One token of a stream. */
export interface StreamedToken {
  /** Which sentence of the batch it continues. */
  readonly sentence: number;
  /** Its place in the output, from 0. */
  readonly position: number;
  /** The token, in the target’s vocabulary. */
  readonly id: number;
  /** Natural log-probability under the unmodified model. */
  readonly logProbability: number;
}

/** A way to search, with its options: what `greedy()`, `beam()` and `sample()` return and a model takes. */
export interface Strategy {
  /** For messages: `greedy`, `beam`, `sample`. */
  readonly name: string;
  /** What the factory was given. */
  readonly options: GenerationOptions & TextGenerationOptions;
  /**
   * Generates for a whole batch; the caller keeps owning `initialState` and `setup.constants`.
   *
   * @returns a list a sentence, best first
   */
  search<S, C>(step: StepFunction<S, C>, initialState: S, setup: SearchSetup<C>): Promise<Hypothesis[][]>;
  /**
   * The same, token by token. Each comes as soon as it is certain, the first before the second step runs. The
   * generator returns what `search` returns. Leaving early frees every tensor.
   */
  stream<S, C>(
    step: StepFunction<S, C>,
    initialState: S,
    setup: SearchSetup<C>,
  ): AsyncGenerator<StreamedToken, Hypothesis[][], void>;
}

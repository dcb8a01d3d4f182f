import type { LogitsProcessor } from './logitsProcessor.js';
import type { StoppingCriterion } from './stoppingCriterion.js';

/**
 * A length that follows the source: `timesSource * sourceLength + plus`, rounded down. It is at least 1 and
 * `minLength`.
 */
export interface SourceLengthMultiple {
  /** Target tokens a source token; at least 0. */
  readonly timesSource: number;
  /** Default 0. */
  readonly plus?: number;
}

/**
 * What the sum of scores is divided by. `length` counts the tokens and, where there is one, the end token.
 *
 * - `'none'`: 1
 * - `{ gnmt: α }`: `((5 + length) / 6) ** α` (Wu et al. 2016, eq. 14)
 * - `{ length: α }`: `length ** α`; 1 gives the mean score a token
 * - a function of the length; it must return a positive number
 */
export type LengthPenalty =
  'none' | { readonly gnmt: number } | { readonly length: number } | ((length: number) => number);

/** What a search tells after each step. */
export interface StepReport {
  /** How many tokens the hypotheses that go on had before this step. */
  readonly position: number;
  /** Rows that the step worked on. */
  readonly rows: number;
  /** Sentences that are done. */
  readonly finishedSentences: number;
  /** Sentences of the batch. */
  readonly batchSize: number;
}

/** The options that greedy, beam and sampling search share. All of them compose. */
export interface GenerationOptions {
  /**
   * The most tokens of a hypothesis, without the end token. Default `{ timesSource: 2, plus: 10 }`, which
   * needs the sources' lengths.
   */
  readonly maxLength?: number | SourceLengthMultiple;
  /** Whether `maxLength` counts the end token as well, as some toolkits do. Default false. */
  readonly countEndToken?: boolean;
  /** The fewest tokens, without the end token. Default 0. */
  readonly minLength?: number;
  /** How many hypotheses a sentence, best first. Default 1. */
  readonly nBest?: number;
  /** Makes scores of different lengths comparable. Default `'none'`. */
  readonly lengthPenalty?: LengthPenalty;
  /** β of GNMT's coverage penalty (Wu et al. 2016, eq. 14), at least 0; needs attention. Default 0: none. */
  readonly coveragePenalty?: number;
  /** No n-gram of this many tokens comes twice. Default 0: off. */
  readonly noRepeatNgram?: number;
  /**
   * Log-probabilities of tokens that came before are multiplied by this. Above 1 discourages them. Default 1:
   * off.
   */
  readonly repetitionPenalty?: number;
  /** Ids that never come. */
  readonly badTokens?: readonly number[];
  /** Sequences of ids that never come as a whole. */
  readonly badSequences?: readonly (readonly number[])[];
  /**
   * Ids that every output starts with, or one such list a sentence. They do not hold the start token, and may
   * end in the end token.
   */
  readonly forcedPrefix?: readonly number[] | readonly (readonly number[])[];
  /**
   * The ids that may follow `tokens`: such as a trie or a grammar gives. The end token is one of them.
   * `undefined` allows all.
   */
  readonly allowedTokens?: (tokens: readonly number[], sentence: number) => Iterable<number> | undefined;
  /** Further processors, in this order, before the built-in ones. Default none. */
  readonly processors?: readonly LogitsProcessor[];
  /** Further ways to end a hypothesis. Default none. */
  readonly stopping?: readonly StoppingCriterion[];
  /**
   * What happens to a sentence whose every continuation is banned. Default `'stop'`.
   *
   * - `'stop'`: it ends with what it has, with `finishReason: 'stuck'`. A beam does so once none of its
   *   hypotheses has ended or can go on
   * - `'throw'`: the search ends with the error `no-candidates`
   */
  readonly onDeadEnd?: 'stop' | 'throw';
  /** Aborts the search with code `aborted`; everything it made is freed. */
  readonly signal?: AbortSignal;
  /** Called, and awaited, after each step. */
  readonly onStep?: (report: StepReport) => void | Promise<void>;
}

/**
 * How an unknown token of the output is replaced: by the source token that it attends to most, or by what
 * that token maps to.
 */
export type UnknownReplacement = 'copy' | ReadonlyMap<string, string> | ((sourceToken: string) => string);

/** The options that only a model with a vocabulary can follow. */
export interface TextGenerationOptions {
  /**
   * Replaces each unknown token of the output (Luong et al. 2015b). It needs a model with attention. A `Map`
   * is a dictionary from source tokens to target tokens; a source token that it lacks is copied. Default:
   * unknown tokens stay.
   */
  readonly replaceUnknown?: UnknownReplacement;
}

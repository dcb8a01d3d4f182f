import type { Strategy } from '../contracts/strategy.js';
import type { History } from '../training/history.js';
import { crossEntropy, type Loss } from '../training/losses/crossEntropy.js';
import { alignPairs, type Alignment } from './evaluation/align.js';
import type { Pair, SequenceInput } from './input/encodeInput.js';
import { evaluate, type EvaluateOptions, type Evaluation } from './evaluation/evaluateText.js';
import { fit, type FitOptions, type Objective } from './fit.js';
import type { GenerateBatchOptions, TextHypothesis } from './generation/generateText.js';
import { generationMethods } from './generation/generationMethods.js';
import { createModelBase, type BuildOptions, type ModelBase } from './modelBase.js';
import { batchLoss } from './modelCore.js';
import type { ModelParts, TextSide } from './modelParts.js';
import { score, type Score } from './evaluation/score.js';
import { asGenerator, startDecoding, type StartedDecoding } from './generation/startDecoding.js';
import type { TextToken } from './generation/streamText.js';

/**
 * A sequence-to-sequence model that writes text: the parts tied together. Every method throws `disposed` after `dispose()`.
 * One that writes float frames is a `FrameModel`.
 */
export interface Seq2SeqModel extends ModelBase<TextSide> {
  /**
   * Trains on pairs. Training stops, and the weights of the last good step stay, where a loss or gradient is not finite
   * (`not-finite`) or the signal fires (`aborted`); both are `TrainingStoppedError`s, which hold the history so far.
   *
   * Every call starts anew with the optimizer's state (Adam's moments) and the steps of teacher forcing and learning rate.
   *
   * @returns loss and speed of every epoch, and what validation found
   * @throws `invalid-input` for an empty dataset or source, or while another `fit` runs on the model; `invalid-option`
   */
  fit(pairs: Iterable<Pair>, options?: FitOptions): Promise<History>;
  /**
   * Measures loss, perplexities, accuracy, exact match and BLEU on pairs; the event loop gets its turn between batches.
   *
   * @throws `invalid-input` for an empty dataset or source; `invalid-option`; `aborted`; `incompatible-parts` where
   * `alignments` are asked of a model without attention
   */
  evaluate(pairs: Iterable<Pair>, options?: EvaluateOptions): Promise<Evaluation>;
  /**
   * Generates for one source.
   *
   * @param strategy default `greedy()`
   * @returns best first; as many as the strategy's `nBest`
   */
  generate(input: SequenceInput, strategy?: Strategy): Promise<TextHypothesis[]>;
  /** Generates for many sources at once; a list a source, in their order. */
  generateBatch(
    inputs: readonly SequenceInput[],
    strategy?: Strategy,
    options?: GenerateBatchOptions,
  ): Promise<TextHypothesis[][]>;
  /**
   * Generates for one source, token by token: the first comes before the second step runs. The generator returns the
   * hypotheses; leaving early frees every tensor.
   *
   * @param strategy default `greedy()`
   */
  stream(input: SequenceInput, strategy?: Strategy): AsyncGenerator<TextToken, TextHypothesis[], void>;
  /** How probable the model finds a target, per token and in total, by forced decoding; it may be empty: the end token alone. */
  score(source: SequenceInput, target: SequenceInput): Promise<Score>;
  /** Which source positions each token of a given target looks at. @throws `incompatible-parts` without an attention */
  align(source: SequenceInput, target: SequenceInput): Promise<Alignment>;
  /** Encodes sources for a search of your own over the bare step function. */
  startDecoding(inputs: readonly SequenceInput[]): StartedDecoding;
}

/**
 * Builds a model from its parts; the fluent builder `seq2seq()` ends here.
 *
 * @throws `incompatible-parts` where two parts cannot work together
 */
export function createModel(parts: ModelParts, options?: BuildOptions): Seq2SeqModel {
  const { core, base } = createModelBase(parts, options);
  const objective: Objective<Loss> = {
    loss: crossEntropy(),
    batchLoss: (batch, forcing, loss, how) => batchLoss(core, batch, forcing, loss, how),
    evaluate: (pairs, _, stop) => evaluate(core, pairs, stop),
  };
  return {
    ...base,
    fit: (pairs, how) => fit(core, objective, pairs, how),
    evaluate: (pairs, how) => evaluate(core, pairs, how),
    ...generationMethods(asGenerator(core)),
    startDecoding: (inputs) => startDecoding(core, inputs),
    score: (source, target) => score(core, { source, target }),
    async align(source, target) {
      const [alignment] = await alignPairs('align', core, [{ source, target }]);
      return alignment as Alignment;
    },
  };
}

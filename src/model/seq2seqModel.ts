import type { ParameterBudget } from '../core/parameters.js';
import type { History } from '../training/history.js';
import { crossEntropy, type Loss } from '../training/losses/crossEntropy.js';
import { align, type Alignment } from './evaluation/align.js';
import { evaluate, type EvaluateOptions, type Evaluation } from './evaluation/evaluateText.js';
import { score, type Score } from './evaluation/score.js';
import { fit, type FitOptions, type Objective } from './fit.js';
import { generationMethods, type GenerationMethods } from './generation/generationMethods.js';
import { asGenerator, startDecoding } from './generation/startDecoding.js';
import type { StartedDecoding } from './generation/textGenerator.js';
import type { Pair, SequenceInput } from './input/encodeInput.js';
import { encodePairs } from './input/encodePairs.js';
import { createModelBase, type BuildOptions, type ModelBase } from './modelBase.js';
import { batchLoss } from './modelCore.js';
import type { ModelParts, TextSide } from './modelParts.js';

/**
 * A sequence-to-sequence model that writes text: the parts tied together.
 * One that writes float frames is a `FrameModel`.
 * Every method throws `disposed` after `dispose()`.
 */
export interface Seq2SeqModel extends ModelBase<TextSide>, GenerationMethods {
  /**
   * Trains on pairs.
   *
   * Training stops where a loss or gradient is not finite (`not-finite`) or the signal fires (`aborted`).
   * The weights of the last good step stay. Both errors are `TrainingStoppedError`s.
   * These hold the history so far.
   *
   * Every call starts anew: with the optimizer's state (Adam's moments), and with the steps that teacher
   * forcing and the learning rate count.
   *
   * @returns loss and speed of every epoch, and what validation found
   * @throws `invalid-input` for an empty dataset or source, or while another `fit` runs on the model;
   * `invalid-option`
   */
  fit(pairs: Iterable<Pair>, options?: FitOptions): Promise<History>;
  /**
   * Measures loss, perplexities, accuracy, exact match and BLEU on pairs.
   * The event loop gets its turn between batches.
   *
   * @throws `invalid-input` for an empty dataset or source; `invalid-option`; `aborted`;
   * `incompatible-parts` where `alignments` are asked of a model without attention
   */
  evaluate(pairs: Iterable<Pair>, options?: EvaluateOptions): Promise<Evaluation>;
  /**
   * How probable the model finds a target, per token and in total, by forced decoding.
   * An empty target is the end token alone.
   */
  score(source: SequenceInput, target: SequenceInput): Promise<Score>;
  /**
   * Which source positions each token of a given target looks at.
   *
   * @throws `incompatible-parts` without an attention
   */
  align(source: SequenceInput, target: SequenceInput): Promise<Alignment>;
  /** Encodes sources for a search of your own over the bare step function. */
  startDecoding(inputs: readonly SequenceInput[]): StartedDecoding;
}

/**
 * Builds a model from its parts; the fluent builder `seq2seq()` ends here.
 *
 * @param budget how many numbers the parameters may hold, where a file says so
 * @throws `incompatible-parts` where two parts cannot work together
 */
export function createModel(
  parts: ModelParts,
  options?: BuildOptions,
  budget?: ParameterBudget,
): Seq2SeqModel {
  const { core, base } = createModelBase(parts, options, budget);
  const objective: Objective<Loss, TextSide> = {
    loss: crossEntropy(),
    batchLoss: (...given) => batchLoss(core, ...given),
    evaluate: (pairs, _, stop) => evaluate(core, pairs, stop),
  };
  return {
    ...base,
    fit: (pairs, how) => fit(core, objective, pairs, how),
    evaluate: (pairs, how) => evaluate(core, encodePairs('evaluate', parts, pairs), how),
    ...generationMethods(asGenerator(core)),
    startDecoding: (inputs) => startDecoding(core, inputs),
    score: (source, target) => score(core, { source, target }),
    align: (source, target) => align(core, { source, target }),
  };
}

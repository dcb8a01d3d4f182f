import { createRandom } from '../core/random.js';
import { wholeNumber } from '../core/options.js';
import type { NamedVariables } from '../core/parameters.js';
import type { Strategy } from '../contracts/strategy.js';
import { greedy } from '../decoding/greedy.js';
import type { History } from '../training/history.js';
import type { io } from '@tensorflow/tfjs-core';
import { align, type Alignment } from './align.js';
import { assemble } from './assemble.js';
import type { Pair, SequenceInput } from './encodeInput.js';
import { evaluate, type EvaluateOptions, type Evaluation } from './evaluate.js';
import { fit, type FitOptions } from './fit.js';
import { generateBatch, type GenerateBatchOptions, type TextHypothesis } from './generate.js';
import { checkAlive, type ModelCore } from './modelCore.js';
import type { ModelParts } from './modelParts.js';
import { saveModel } from './saveModel.js';
import { score, type Score } from './score.js';
import { asGenerator, startDecoding, type StartedDecoding } from './startDecoding.js';
import { streamText, type TextToken } from './streamTokens.js';
import { summarize, type ModelSummary } from './summary.js';

/** A sequence-to-sequence model: the parts tied together. Every method throws `disposed` after `dispose()`. */
export interface Seq2SeqModel {
  /** What the model is made of. */
  readonly parts: ModelParts;
  /**
   * Trains on pairs. Training stops, and the weights of the last good step stay, where a loss or gradient is not finite
   * (`not-finite`) or the signal fires (`aborted`); both are `TrainingStoppedError`s, which hold the history so far.
   *
   * @returns loss and speed of every epoch, and what validation found
   * @throws `invalid-input` for an empty dataset or sentence; `invalid-option`
   */
  fit(pairs: Iterable<Pair>, options?: FitOptions): Promise<History>;
  /** Measures loss, perplexities, accuracy, exact match and BLEU on pairs. */
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
  /** How probable the model finds a target, per token and in total, by forced decoding. */
  score(source: SequenceInput, target: SequenceInput): Promise<Score>;
  /** Which source positions each token of a given target looks at. @throws `incompatible-parts` without an attention */
  align(source: SequenceInput, target: SequenceInput): Promise<Alignment>;
  /** Encodes sources for a search of your own over the bare step function. */
  startDecoding(inputs: readonly SequenceInput[]): StartedDecoding;
  /** All variables by name: `encoder.embedding.weight`, `decoder.fc_out.bias` …. */
  parameters(): NamedVariables;
  /** Names, shapes and sizes of the parameters. */
  summary(): ModelSummary;
  /**
   * Saves weights, vocabularies, tokenizers and structure in one artifact.
   *
   * @param urlOrHandler a tfjs URL (`indexeddb://name`, `localstorage://name`, `downloads://name`) or IO handler, such as
   * `fileSystemHandler(directory)` of `tfjs-seq2seq/node`
   */
  save(urlOrHandler: string | io.IOHandler): Promise<io.SaveResult>;
  /** Frees all variables; a second call does nothing. */
  dispose(): void;
}

/** Options of `build`. */
export interface BuildOptions {
  /** Seeds the initial weights and dropout; a whole number from 0. Default 0. */
  readonly seed?: number;
}

/**
 * Builds a model from its parts; the fluent builder `seq2seq()` ends here.
 *
 * @throws `incompatible-parts` where two parts cannot work together
 */
export function createModel(parts: ModelParts, { seed = 0 }: BuildOptions = {}): Seq2SeqModel {
  const blocks = assemble(parts, createRandom(wholeNumber('build', 'seed', seed, 0)));
  let disposed = false;
  const core: ModelCore = { parts, blocks, isDisposed: () => disposed };
  const generator = asGenerator(core);
  return {
    parts,
    fit: (pairs, options) => fit(core, pairs, options),
    evaluate: (pairs, options) => evaluate(core, pairs, options),
    async generate(input, strategy = greedy()) {
      checkAlive('generate', core);
      const [found] = await generateBatch(generator, [input], strategy);
      return found as TextHypothesis[];
    },
    async generateBatch(inputs, strategy = greedy(), options) {
      checkAlive('generateBatch', core);
      return generateBatch(generator, inputs, strategy, options);
    },
    stream: (input, strategy = greedy()) => streamText(generator, input, strategy),
    startDecoding: (inputs) => startDecoding(core, inputs),
    score: (source, target) => score(core, { source, target }),
    align: (source, target) => align(core, source, target),
    parameters() {
      checkAlive('parameters', core);
      return blocks.parameters();
    },
    summary() {
      checkAlive('summary', core);
      return summarize(blocks.parameters());
    },
    save: (urlOrHandler) => saveModel(core, urlOrHandler),
    dispose() {
      disposed = true;
      blocks.dispose();
    },
  };
}

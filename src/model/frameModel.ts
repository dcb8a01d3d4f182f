import { mismatch } from '../core/errors.js';
import type { FrameGenerationOptions, GeneratedFrames, StreamedFrame } from '../contracts/frameGeneration.js';
import type { ParameterBudget } from '../core/parameters.js';
import type { History } from '../training/history.js';
import { frameLoss, type FrameLoss } from '../training/losses/frameLoss.js';
import {
  evaluateFrames,
  frameBatchLoss,
  type FrameEvaluateOptions,
  type FrameEvaluation,
} from './evaluation/evaluateFrames.js';
import { fit, type FitOptions, type Objective } from './fit.js';
import type { GenerateBatchOptions } from './generation/generateText.js';
import {
  generateFrames,
  startFrames,
  streamFrames,
  type StartedFrames,
} from './generation/generateFrames.js';
import type { FramePair, Pair, SequenceInput } from './input/encodeInput.js';
import { encodePairs } from './input/encodePairs.js';
import { createModelBase, type BuildOptions, type ModelBase } from './modelBase.js';
import { checkAlive } from './modelCore.js';
import type { FrameSide, ModelParts } from './modelParts.js';

/**
 * A sequence-to-sequence model that writes frames of floats: what `seq2seq().target({ features })` builds.
 * Each step gives a frame and the probability that it is the last.
 * There is no vocabulary to search over, and so no strategy, `score` or `align`.
 */
export interface FrameModel extends ModelBase<FrameSide> {
  /**
   * Trains on pairs; see `Seq2SeqModel.fit`. The default loss is `frameLoss()`.
   *
   * @throws `invalid-input` for an empty dataset or sequence, frames of another width or with NaN, or while
   * another `fit` runs on the model; `invalid-option`
   */
  fit(pairs: Iterable<FramePair>, options?: FitOptions<FrameLoss>): Promise<History>;
  /** Measures loss, errors one step ahead and running freely, and how often the length is right. */
  evaluate(pairs: Iterable<FramePair>, options?: FrameEvaluateOptions): Promise<FrameEvaluation>;
  /** Generates the frames that follow one source. */
  generate(input: SequenceInput, options?: FrameGenerationOptions): Promise<GeneratedFrames>;
  /** Generates for many sources at once; one result a source, in their order. */
  generateBatch(
    inputs: readonly SequenceInput[],
    options?: FrameGenerationOptions,
    batch?: GenerateBatchOptions,
  ): Promise<GeneratedFrames[]>;
  /**
   * Generates for one source, frame by frame. The generator returns the whole sequence.
   * Leaving early frees every tensor.
   */
  stream(
    input: SequenceInput,
    options?: FrameGenerationOptions,
  ): AsyncGenerator<StreamedFrame, GeneratedFrames, void>;
  /** Encodes sources for a loop of your own over the bare step function. */
  startDecoding(inputs: readonly SequenceInput[]): StartedFrames;
}

/**
 * Builds a model that writes frames from its parts; the fluent builder ends here.
 *
 * @param budget how many numbers the parameters may hold, where a file says so
 * @throws `incompatible-parts` where two parts cannot work together
 */
export function createFrameModel(
  parts: ModelParts<FrameSide>,
  options?: BuildOptions,
  budget?: ParameterBudget,
): FrameModel {
  const { core, base } = createModelBase(parts, options, budget);
  const objective: Objective<FrameLoss, FrameSide> = {
    loss: frameLoss(),
    batchLoss: (...given) => frameBatchLoss(core, ...given),
    evaluate: (pairs, loss, stop) => evaluateFrames(core, pairs, { loss, ...stop }),
  };
  return {
    ...base,
    ...TEXT_ONLY,
    fit: (pairs, how) => fit(core, objective, pairs as Iterable<Pair>, how),
    evaluate: (pairs, how) => evaluateFrames(core, encodePairs('evaluate', parts, pairs), how),
    async generate(input, how = {}) {
      checkAlive('generate', core);
      const [generated] = await generateFrames(core, [input], how, {}, 'generate');
      return generated as GeneratedFrames;
    },
    async generateBatch(inputs, how = {}, batch) {
      checkAlive('generateBatch', core);
      return generateFrames(core, inputs, how, batch);
    },
    stream: (input, how = {}) => streamFrames(core, input, how),
    startDecoding: (inputs) => startFrames(core, inputs),
  };
}

/** What only a model with a target vocabulary can do: callers without types get the reason. */
const TEXT_ONLY: object = { score: () => refuse('score'), align: () => refuse('align') };

function refuse(where: string): never {
  const hint = 'Measure frames with evaluate(); generate() returns their attention.';
  const expected = 'a model with a target of text';
  throw mismatch('incompatible-parts', { where, expected, received: 'a target of float frames', hint });
}

import { positiveInteger, readOptions } from '../../core/options.js';
import type {
  FrameGenerationOptions,
  FrameStepFunction,
  GeneratedFrames,
  StreamedFrame,
} from '../../contracts/frameGeneration.js';
import { runToEnd } from '../../core/iterables.js';
import { generateFrames as generateFrameBatch, readFrameOptions } from '../../decoding/generateFrames.js';
import { encodeInputs, sequenceOf, type EncodedInput, type SequenceInput } from '../input/encodeInput.js';
import { mapByLength } from '../input/exampleBatches.js';
import { unreadable } from '../input/unreadable.js';
import { checkAlive, type ModelCore } from '../modelCore.js';
import type { FrameSide } from '../modelParts.js';
import { checkedStep, encodeSources, readInputs } from './encodeSources.js';
import type { GenerateBatchOptions } from './generateText.js';

/** A model that has read its sources: what a loop of your own over frames needs. */
export interface StartedFrames {
  /** From the last frames and a state to the next frames; see {@link FrameStepFunction}. */
  readonly step: FrameStepFunction;
  /** The state before the first step. */
  readonly state: unknown;
  /** What stays from step to step: memory, keys, mask. */
  readonly constants: unknown;
  /** One a source. */
  readonly sourceLengths: Int32Array;
  /** Frees the state and the constants. */
  dispose(): void;
}

/**
 * Encodes sources, once, for a model that writes frames.
 *
 * @throws `invalid-input` for no sources, and one that is empty or too long for the encoder
 */
export function startFrames(core: ModelCore<FrameSide>, inputs: readonly SequenceInput[]): StartedFrames {
  return startEncoded(core, readInputs('startDecoding', core, inputs));
}

/**
 * Generates for many sources, those of similar length together.
 *
 * @param where the public function, for messages
 * @returns one a source, in their order
 */
export async function generateFrames(
  core: ModelCore<FrameSide>,
  inputs: readonly SequenceInput[],
  options: FrameGenerationOptions,
  batch: GenerateBatchOptions = {},
  where = 'generateBatch',
): Promise<GeneratedFrames[]> {
  readFrameOptions(where, options);
  const { batchSize } = readOptions(where, batch, { batchSize: [positiveInteger, 64] });
  const sources = encodeInputs(where, core.parts.source, inputs);
  return mapByLength(sources, sequenceOf, batchSize, withoutSource(core), (group) =>
    runToEnd(generateEncoded(where, core, group, options)),
  );
}

/**
 * Generates for one source, frame by frame. The generator returns the whole sequence.
 * Leaving early frees every tensor.
 */
export async function* streamFrames(
  core: ModelCore<FrameSide>,
  input: SequenceInput,
  options: FrameGenerationOptions,
): AsyncGenerator<StreamedFrame, GeneratedFrames, void> {
  readFrameOptions('stream', options);
  checkAlive('stream', core);
  const sources = encodeInputs('stream', core.parts.source, [input]);
  const empty = withoutSource(core)(sources[0] as EncodedInput);
  if (empty !== undefined) return empty;
  const [generated] = yield* generateEncoded('stream', core, sources, options);
  return generated as GeneratedFrames;
}

/** The empty result of a source that cannot be read; `undefined` for others. */
function withoutSource({ parts }: ModelCore<FrameSide>) {
  return (source: EncodedInput): GeneratedFrames | undefined => {
    const finishReason = unreadable(parts, source);
    return finishReason && { frames: [], stopProbabilities: [], finishReason };
  };
}

async function* generateEncoded(
  where: string,
  core: ModelCore<FrameSide>,
  sources: readonly EncodedInput[],
  options: FrameGenerationOptions,
): AsyncGenerator<StreamedFrame, GeneratedFrames[], void> {
  const { step, state, constants, sourceLengths, dispose } = startEncoded(core, sources);
  const setup = { batchSize: sources.length, features: core.parts.target.features, constants, sourceLengths };
  try {
    return yield* generateFrameBatch(where, step, state, setup, options);
  } finally {
    dispose();
  }
}

function startEncoded(core: ModelCore<FrameSide>, sources: readonly EncodedInput[]): StartedFrames {
  return { ...encodeSources('startDecoding', core, sources), step: checkedStep(core) };
}

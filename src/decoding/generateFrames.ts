import { concat, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import type {
  FrameGenerationOptions,
  FrameStepFunction,
  GeneratedFrames,
  StreamedFrame,
} from '../contracts/frameGeneration.js';
import type { StepResult } from '../contracts/stepFunction.js';
import { readValues } from '../core/device.js';
import { mismatch } from '../core/errors.js';
import { abortSignal, callback, finiteNumber, positiveInteger, readOptions } from '../core/options.js';
import { generationLoop } from './generation/generationLoop.js';
import { DEFAULT_MAX_LENGTH, longestLength, maxLengthOption } from './generation/maxLength.js';

/** What the generation of frames must know of the batch. The caller keeps owning its tensors. */
export interface FrameSetup<C> {
  readonly batchSize: number;
  /** Width of a frame. */
  readonly features: number;
  readonly constants: C;
  /** One a sentence. */
  readonly sourceLengths: ArrayLike<number>;
}

/**
 * Generates frames for a whole batch. The frame of each step is fed to the next. Each step reads one small
 * tensor. Sequences that have ended leave the batch.
 *
 * @returns a generator of the frames as they come, which returns all of them. Leaving early frees every
 * tensor.
 * @throws `not-finite` at the step where the model gives NaN or infinity; `aborted`; `invalid-option`
 */
export async function* generateFrames<S, C>(
  where: string,
  step: FrameStepFunction<S, C>,
  initialState: S,
  setup: FrameSetup<C>,
  options: FrameGenerationOptions,
): AsyncGenerator<StreamedFrame, GeneratedFrames[], void> {
  const { maxLength, minLength, stopThreshold, signal, onStep } = readFrameOptions(where, options);
  const { batchSize, features, constants, sourceLengths } = setup;
  const drafts = Array.from({ length: batchSize }, (_, sentence) => ({
    sentence,
    longest: longestLength(where, sourceLengths?.[sentence], maxLength, minLength),
    sequence: { frames: [], stopProbabilities: [], finishReason: 'length' } as Draft,
  }));
  let active = drafts;
  let last = drafts.map((): number[] => new Array<number>(features).fill(0));
  const steps = generationLoop<Tensor2D, S, C, StreamedFrame[]>(step, {
    where,
    state: initialState,
    constants,
    batchSize,
    sentenceOfRow: drafts.map(({ sentence }) => sentence),
    signal,
    onStep,
    input: () => tensor2d(last, [last.length, features], 'float32'),
    async advance(result, position) {
      const rows = await readRows(where, result, features);
      const parents: number[] = [];
      const frames = active.map(({ sentence, longest, sequence }, row) => {
        const { frame, stopProbability, attention } = rows[row] as Row;
        sequence.frames.push(frame);
        sequence.stopProbabilities.push(stopProbability);
        if (attention !== null) (sequence.attention ??= []).push(attention.slice(0, sourceLengths[sentence]));
        if (position + 1 >= minLength && stopProbability > stopThreshold) sequence.finishReason = 'stop';
        else if (position + 1 < longest) parents.push(row);
        return { sentence, position, frame, stopProbability };
      });
      active = parents.map((row) => active[row] as (typeof drafts)[number]);
      last = parents.map((row) => [...(rows[row] as Row).frame]);
      return { parents, sentenceOfRow: active.map(({ sentence }) => sentence), progress: frames };
    },
  });
  for await (const frames of steps) yield* frames;
  return drafts.map(({ sequence }) => sequence);
}

interface Draft {
  readonly frames: Float32Array[];
  readonly stopProbabilities: number[];
  finishReason: 'stop' | 'length';
  attention?: Float32Array[];
}

interface Row {
  readonly frame: Float32Array;
  readonly stopProbability: number;
  readonly attention: Float32Array | null;
}

/** Reads frames, stop probabilities and attention of every row at once. */
async function readRows(where: string, result: StepResult, features: number): Promise<Row[]> {
  const { logits, attention } = result;
  const [count, outputs] = logits.shape;
  if (outputs !== features + 1) {
    const shape = `[rows, ${features + 1}]`;
    const expected = `the step to return ${shape}, a frame and the logit of its being the last,`;
    throw mismatch('invalid-shape', { where, expected, received: logits.shape });
  }
  const packed: Tensor2D = attention === undefined ? logits : concat([logits, attention], 1);
  const values = await readValues(packed).finally(() => attention !== undefined && packed.dispose());
  const width = packed.shape[1];
  return Array.from({ length: count }, (_, row) => {
    const start = row * width;
    const given = values.slice(start, start + outputs);
    if (!given.every(Number.isFinite)) {
      const hint =
        'Look at the model: did training diverge, or does it run away from the data when it feeds itself?';
      throw mismatch('not-finite', { where, expected: 'finite frames', received: [...given], hint });
    }
    return {
      frame: given.slice(0, features),
      stopProbability: 1 / (1 + Math.exp(-(given[features] as number))),
      attention: attention === undefined ? null : values.slice(start + outputs, start + width),
    };
  });
}

type FrameOptions = Required<Omit<FrameGenerationOptions, 'signal' | 'onStep'>> &
  Pick<FrameGenerationOptions, 'signal' | 'onStep'>;

/** @throws `invalid-option`, with the reason where a search strategy was handed in */
export function readFrameOptions(where: string, options: FrameGenerationOptions): FrameOptions {
  const { name, search } = (options ?? {}) as { readonly name?: unknown; readonly search?: unknown };
  if (typeof search === 'function') {
    throw mismatch('invalid-option', {
      where,
      expected: 'options such as { maxLength, stopThreshold }',
      received: `the strategy ${String(name)}()`,
      hint: 'Strategies choose among tokens; a target of frames leaves nothing to choose.',
    });
  }
  return readOptions(where, options, {
    maxLength: [maxLengthOption, DEFAULT_MAX_LENGTH],
    minLength: [positiveInteger, 1],
    stopThreshold: [finiteNumber({ min: 0, max: 1 }), 0.5],
    signal: [abortSignal, undefined],
    onStep: [callback, undefined],
  });
}

import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { SourceLengthMultiple, StepReport } from './generationOptions.js';
import type { StepResult } from './stepFunction.js';

/**
 * One step of a model that writes frames: what a `StepFunction` is for tokens.
 *
 * @param lastFrames `[rows, features]`: zeros at position 0, then the frame that the step before gave
 * @returns `logits` `[rows, features + 1]`: the next frame, then the logit of its being the last
 */
export type FrameStepFunction<S = unknown, C = unknown> = (
  lastFrames: Tensor2D,
  state: S,
  position: number,
  constants: C,
) => StepResult<S> | Promise<StepResult<S>>;

/** How a model that writes frames generates. There is nothing to search: each step gives one frame. */
export interface FrameGenerationOptions {
  /** The most frames. Default `{ timesSource: 2, plus: 10 }`. */
  readonly maxLength?: number | SourceLengthMultiple;
  /** The fewest frames, from 1. Default 1. */
  readonly minLength?: number;
  /**
   * A sequence ends with the first frame whose probability of being the last is above this. In [0, 1]; 1
   * never ends it. Default 0.5.
   */
  readonly stopThreshold?: number;
  /** Aborts with code `aborted`; everything that was made is freed. */
  readonly signal?: AbortSignal;
  /** Called, and awaited, after each step. */
  readonly onStep?: (report: StepReport) => void | Promise<void>;
}

/** One generated sequence of frames. */
export interface GeneratedFrames {
  /** At least one, but for a source that cannot be read; each as wide as the target's `features`. */
  readonly frames: Float32Array[];
  /** One a frame: how probable it is the last. */
  readonly stopProbabilities: number[];
  /**
   * `stop`: the last frame's probability was above the threshold. `length`: it reached the longest length, or
   * its source is longer than the encoder can read. `stuck`: its source is empty.
   */
  readonly finishReason: 'stop' | 'length' | 'stuck';
  /** One row of weights over the source positions a frame, where the model has attention. */
  readonly attention?: Float32Array[];
}

/** One frame of a stream. */
export interface StreamedFrame {
  /** Which source of the batch it belongs to. */
  readonly sentence: number;
  /** Its place in the output, from 0. */
  readonly position: number;
  /** The numbers of the frame. */
  readonly frame: Float32Array;
  /** How probable the model finds it that this frame is the last. */
  readonly stopProbability: number;
}

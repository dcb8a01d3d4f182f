import { abs, concat, mean, slice, square, squeeze, stack, sub, tidy } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { readAndDispose } from '../../core/device.js';
import { callback, readOptions } from '../../core/options.js';
import type { Batch } from '../../contracts/batch.js';
import type { ForwardOptions } from '../../contracts/block.js';
import type { Forcing } from '../../contracts/decoder.js';
import { frameLoss, type FrameLoss } from '../../training/losses/frameLoss.js';
import { stopTargets } from '../../training/losses/stopTargets.js';
import { exampleOf, type EncodedPair } from '../input/encodePairs.js';
import { accumulateBatches, BATCH_OPTIONS } from './accumulateBatches.js';
import { checkAlive, countTokens, readBatch, type ModelCore } from '../modelCore.js';
import type { FrameSide } from '../modelParts.js';

/** Options of a frame model's `evaluate`. */
export interface FrameEvaluateOptions {
  /** How many pairs are worked on at once, from 1. Default 64. */
  readonly batchSize?: number;
  /** Stops between two batches. */
  readonly signal?: AbortSignal;
  /** What `loss` is. Default `frameLoss()`. */
  readonly loss?: FrameLoss;
}

/**
 * How well a model does on a dataset of frames. Errors are means over all numbers of all real frames.
 *
 * One step ahead, each frame is predicted from the true frames before it.
 * Running freely, it is predicted from the model's own frames, as `generate` does.
 */
export interface FrameEvaluation {
  /** Mean training loss a frame, one step ahead. */
  readonly loss: number;
  /** One step ahead. */
  readonly meanSquaredError: number;
  /** One step ahead. */
  readonly meanAbsoluteError: number;
  /** Running freely: the forecast's error. */
  readonly freeRunningMeanSquaredError: number;
  /** Running freely. */
  readonly freeRunningMeanAbsoluteError: number;
  /**
   * Share of sequences that end exactly where the reference does.
   * The model runs freely, with a threshold of 0.5.
   */
  readonly lengthAccuracy: number;
  /** Target frames. */
  readonly frames: number;
}

/**
 * Measures a model on pairs; nothing is trained.
 *
 * @param pairs may be encoded while they are gone through, which is after the options were checked
 */
export async function evaluateFrames(
  core: ModelCore<FrameSide>,
  pairs: Iterable<EncodedPair<FrameSide>>,
  options: FrameEvaluateOptions = {},
): Promise<FrameEvaluation> {
  const where = 'evaluate';
  checkAlive(where, core);
  const how = readOptions(where, options, { ...BATCH_OPTIONS, loss: [callback, frameLoss()] });
  const examples = Array.from(pairs, exampleOf);
  const sums = await accumulateBatches(core, examples, how, async (batch) => {
    const count = countTokens(batch);
    const values = await measure(core, batch, how.loss);
    const means = Array.from(values.subarray(0, MEANS), (value) => value * count);
    return [count, countRightLengths(values.subarray(MEANS), batch.targetLengths), ...means];
  });
  const [frames, rightLengths, ...totals] = sums as [number, number, ...number[]];
  const [loss, squared, absolute, freeSquared, freeAbsolute] = totals.map((total) => total / frames);
  return {
    loss: loss as number,
    meanSquaredError: squared as number,
    meanAbsoluteError: absolute as number,
    freeRunningMeanSquaredError: freeSquared as number,
    freeRunningMeanAbsoluteError: freeAbsolute as number,
    lengthAccuracy: rightLengths / examples.length,
    frames,
  };
}

/** The training loss of a batch of frames. */
export function frameBatchLoss(
  core: ModelCore<FrameSide>,
  batch: Batch,
  teacherForcingMask: Forcing,
  loss: FrameLoss,
  options?: ForwardOptions,
): Scalar {
  const read = readBatch<Tensor2D>(core, batch, teacherForcingMask, options);
  return loss({ ...read, stops: stopTargets(batch.targetLengths), ...core.blocks.decoder.projection() });
}

/** How many means {@link measure} gives before the logits. */
const MEANS = 5;

/**
 * Loss, squared and absolute error one step ahead, then both errors of the free run,
 * then the logit of the end of every frame of the free run.
 */
async function measure(core: ModelCore<FrameSide>, batch: Batch, loss: FrameLoss): Promise<Float32Array> {
  const { decoder } = core.blocks;
  const { features: width } = core.parts.target;
  const measured = tidy(() => {
    const ahead = readBatch<Tensor2D>(core, batch, null);
    const free = readBatch<Tensor2D>(core, batch, new Uint8Array(batch.targetMask.size));
    const stops = stopTargets(batch.targetLengths);
    const outputs = decoder.logits(free.features);
    const errors = [decoder.logits(ahead.features), outputs].flatMap((predicted) => {
      const error = sub(slice(predicted, [0, 0], [-1, width]), ahead.targets);
      return [mean(square(error)), mean(abs(error))] as Scalar[];
    });
    const means = stack([loss({ ...ahead, stops, ...decoder.projection() }), ...errors]) as Tensor1D;
    return concat([means, squeeze<Tensor1D>(slice(outputs, [0, width], [-1, 1]), [1])]);
  });
  return readAndDispose(measured);
}

/** Sequences whose first logit above 0 (a probability above 0.5) is their last frame's. */
function countRightLengths(logits: Float32Array, lengths: Int32Array): number {
  let start = 0;
  let right = 0;
  for (const length of lengths) {
    const first = logits.subarray(start, start + length).findIndex((logit) => logit > 0);
    right += first === length - 1 ? 1 : 0;
    start += length;
  }
  return right;
}

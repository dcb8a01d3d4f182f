import {
  abs,
  add,
  div,
  expandDims,
  greater,
  mean,
  mul,
  slice,
  softplus,
  square,
  squeeze,
  sub,
  sum,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloats } from '../../core/checkFloats.js';
import { finiteNumber, oneOf, readOptions } from '../../core/options.js';
import { linear } from '../../ops/linear.js';

const WHERE = 'frameLoss';

/**
 * What a {@link FrameLoss} reads: features at the frames that count, the output projection, and the right
 * frames.
 */
export interface FrameLossInputs {
  /** `[frames, featureSize]`, such as `decoder.features(…)` returns. */
  readonly features: Tensor2D;
  /**
   * The output projection, `[n + 1, featureSize]`. It gives the `n` numbers of a frame, then the logit of its
   * being the last.
   */
  readonly weight: Tensor2D;
  /** `[n + 1]` */
  readonly bias: Tensor1D;
  /** The right frames, `[frames, n]`. */
  readonly targets: Tensor2D;
  /** `[frames]` float32, 1 = the last frame of its sequence, 0 = more follow. */
  readonly stops: Tensor1D;
  /** `[frames]` float32, 1 = counts. Default: every row does. */
  readonly mask?: Tensor1D;
}

/**
 * A differentiable training loss of a model that writes frames. It is one number for a batch, which the
 * caller owns.
 */
export type FrameLoss = (inputs: FrameLossInputs) => Scalar;

/** Options of {@link frameLoss}. */
export interface FrameLossOptions {
  /**
   * `'squared'` pulls towards the mean of what may come. `'absolute'` pulls towards the median, past
   * outliers. Default `'squared'`.
   */
  readonly error?: 'squared' | 'absolute';
  /**
   * How much the end counts beside the frames, at least 0. With 0 the model never learns to end: generate
   * with a `maxLength` and `stopThreshold: 1`. Default 1.
   */
  readonly stopWeight?: number;
}

/**
 * The loss of a sequence of frames, as in Tacotron 2 (Shen et al. 2018, §2.2). It is the mean squared or
 * absolute error over all numbers of all frames that count, plus `stopWeight` times the mean binary
 * cross-entropy of the end. The latter comes from a logit, by `softplus(x) - y x`, which never overflows.
 *
 * @returns a loss over features and the output projection; the mean over no frame at all is NaN
 * @throws `invalid-option` for unknown names or values; `invalid-shape` from the loss where sizes disagree
 *
 * @example
 * ```ts
 * import { tensor1d, tensor2d } from '@tensorflow/tfjs-core';
 * import { frameLoss } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const loss = frameLoss({ error: 'absolute' });
 * const value = loss({
 *   features: tensor2d([[1], [2]]), // two frames
 *   weight: tensor2d([[1], [0]]), // frames of one number, and the logit of the end
 *   bias: tensor1d([0, 0]),
 *   targets: tensor2d([[1.5], [2]]),
 *   stops: tensor1d([0, 1]),
 * });
 * console.log((await value.data())[0]?.toFixed(4)); // 0.25 + ln 2 = 0.9431
 * ```
 */
export function frameLoss(options: FrameLossOptions = {}): FrameLoss {
  const { error, stopWeight } = readOptions(WHERE, options, {
    error: [oneOf(['squared', 'absolute']), 'squared'],
    stopWeight: [finiteNumber({ min: 0 }), 1],
  });
  const size = error === 'squared' ? square : abs;

  return (inputs) => {
    checkInputs(inputs);
    const { weight, bias, mask } = inputs;
    return tidy(() => {
      const targets = counted(inputs.targets, mask);
      const stops = counted(inputs.stops, mask);
      const outputs = linear(counted(inputs.features, mask), weight, bias);
      const width = targets.shape[1];
      const errors: Tensor1D = mean(size(sub(slice(outputs, [0, 0], [-1, width]), targets)), 1);
      const logits: Tensor1D = squeeze(slice(outputs, [0, width]), [1]);
      const ends = mul(sub(softplus(logits), mul(stops, logits)), stopWeight);
      const losses: Tensor1D = add(errors, ends);
      return mask === undefined ? mean(losses) : div(sum(mul(losses, mask)), sum(mask));
    });
  };
}

/**
 * Rows with zeros where they do not count. So nothing that stands there, not even NaN, reaches a gradient.
 */
function counted<T extends Tensor>(rows: T, mask: Tensor1D | undefined): T {
  if (mask === undefined) return rows;
  const counts = greater(mask, 0);
  return where(rows.rank === 2 ? expandDims(counts, 1) : counts, rows, zerosLike(rows));
}

function checkInputs({ mask, ...tensors }: FrameLossInputs): void {
  const { features, targets } = tensors;
  const [rows, size] = features.shape;
  const width = targets.shape[1];
  const hint =
    'A frame has as many numbers as targets are wide; the projection has one more, for its being the last.';
  const shapes = {
    features: [rows, size],
    targets: [rows, width],
    weight: [width + 1, size],
    bias: [width + 1],
    stops: [rows],
    ...(mask && { mask: [rows] }),
  };
  checkFloats(WHERE, { ...tensors, mask }, shapes, { hint });
}

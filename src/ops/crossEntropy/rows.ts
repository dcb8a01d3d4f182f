import {
  add,
  cast,
  div,
  equal,
  exp,
  expandDims,
  fill,
  gather,
  greater,
  logSumExp,
  matMul,
  mul,
  oneHot,
  ones,
  range,
  reshape,
  sub,
  sum,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloats } from '../../core/checkFloats.js';
import { mismatch } from '../../core/errors.js';

/**
 * What becomes of the rows' losses: PyTorch's weighted mean over the rows that count, their sum, or nothing.
 */
export type Reduction = 'mean' | 'sum' | 'none';

/** What both cross-entropy operations read besides their logits. */
export interface CrossEntropyOptions {
  /** The right class of each row, `[n]` int32, within `[0, classes)` where the row counts. */
  readonly targets: Tensor1D;
  /** `[n]` float32, 1 = the row counts (default: all do). A masked row may hold any target. */
  readonly mask?: Tensor1D | undefined;
  /** How much of each target's mass is spread over all classes, in [0, 1]. Default 0. */
  readonly labelSmoothing?: number;
  /** A weight for each class, `[classes]`. Default: all 1. No gradient flows into it. */
  readonly classWeights?: Tensor1D | undefined;
}

/** Refuses shapes that cannot work together; reads no tensor's data. */
export function checkCrossEntropy(
  where: string,
  rows: number,
  classes: number,
  { targets, mask, classWeights }: CrossEntropyOptions,
): void {
  if (rows === 0) throw mismatch('invalid-shape', { where, expected: 'at least one row', received: 0 });
  checkFloats(where, { targets }, { targets: [rows] }, { dtype: 'int32' });
  const shapes = { ...(mask && { mask: [rows] }), ...(classWeights && { classWeights: [classes] }) };
  checkFloats(where, { mask, classWeights }, shapes);
}

/** Targets with 0 where the row does not count, so that a padding id may lie outside the classes. */
export function countedTargets({ targets, mask }: CrossEntropyOptions): Tensor1D {
  return mask === undefined ? targets : mul(targets, cast(greater(mask, 0), 'int32'));
}

/**
 * The factor of each row, `[n]`: its mask, and for `mean` its mask divided by the sum of the counted rows'
 * weights.
 */
export function rowScales(
  targets: Tensor1D,
  { mask, classWeights }: CrossEntropyOptions,
  reduction: Reduction,
): Tensor1D {
  const rows = targets.shape[0];
  if (reduction !== 'mean') return mask ?? ones([rows]);
  if (mask === undefined && classWeights === undefined) return fill([rows], 1 / rows);
  const counted: Tensor1D = mask ?? ones([rows]);
  const weights: Tensor1D =
    classWeights === undefined ? counted : mul(counted, gather(classWeights, targets));
  return div(counted, sum(weights));
}

/** The logarithm of each row's softmax denominator, `[n]`. */
export function logNormalizers(logits: Tensor2D): Tensor1D {
  return logSumExp(logits, 1);
}

/**
 * `scale * l` of each row, `[n]`, with `l = (1 - e) w_y (-log p_y) + e/V Σ_c w_c (-log p_c)`. Exactly 0 where
 * the scale is.
 *
 * @param logits `[n, classes]`; -Infinity stands for probability 0
 */
export function rowLosses(
  logits: Tensor2D,
  normalizers: Tensor1D,
  targets: Tensor1D,
  scales: Tensor1D,
  { labelSmoothing = 0, classWeights }: CrossEntropyOptions,
): Tensor1D {
  const [rows, classes] = logits.shape;
  const places = add(mul(range(0, rows, 1, 'int32'), fill([], classes, 'int32')), targets);
  const right = gather(reshape(logits, [-1]), places) as Tensor1D;
  let losses: Tensor1D = sub(normalizers, right);
  if (classWeights !== undefined) losses = mul(losses, gather(classWeights, targets));
  if (labelSmoothing > 0) {
    const mass = classWeights === undefined ? classes : sum(classWeights);
    const weighted = classWeights === undefined ? sum(logits, 1) : sum(mul(logits, classWeights), 1);
    const spread = mul(sub(mul(normalizers, mass), weighted), labelSmoothing / classes);
    losses = add(mul(losses, 1 - labelSmoothing), spread);
  }
  return where(equal(scales, 0), zerosLike(losses), mul(losses, scales) as Tensor1D);
}

/** The gradient of {@link rowLosses} with respect to the logits, `[n, classes]`. */
export function rowGradients(
  logits: Tensor2D,
  normalizers: Tensor1D,
  targets: Tensor1D,
  scales: Tensor1D,
  { labelSmoothing = 0, classWeights }: CrossEntropyOptions,
): Tensor2D {
  const classes = logits.shape[1];
  const probabilities = exp(sub(logits, expandDims(normalizers, 1)));
  const weights: Tensor1D = classWeights === undefined ? scales : mul(scales, gather(classWeights, targets));
  const onTarget: Tensor1D = mul(weights, 1 - labelSmoothing);
  // In two steps: the wasm backend writes the bits of an integer 1 into a float32 oneHot.
  const right = mul(cast(oneHot(targets, classes), 'float32'), expandDims(onTarget, 1));
  if (labelSmoothing === 0) return sub(mul(probabilities, expandDims(onTarget, 1)), right) as Tensor2D;
  const spread = mul(scales, labelSmoothing / classes);
  const mass = classWeights === undefined ? classes : sum(classWeights);
  const pull = mul(probabilities, expandDims(add(onTarget, mul(spread, mass)), 1));
  const even = expandDims(spread, 1); // [n, 1]
  const smooth =
    classWeights === undefined ? even : matMul(even as Tensor2D, expandDims(classWeights, 0) as Tensor2D);
  return sub(sub(pull, right), smooth) as Tensor2D;
}

import {
  add,
  argMax,
  cast,
  concat,
  engine,
  expandDims,
  max,
  mul,
  oneHot,
  topk,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { BAN } from './bans.js';

/** Tokens selected for each row, best first. */
export interface Selected {
  /** `[rows, count]` int32 */
  readonly ids: Tensor2D;
  /** `[rows, count]` what the search ranks by. */
  readonly scores: Tensor2D;
  /** Whether `scores` are entries of the scores that were selected from, and not computed anew. */
  readonly entries: boolean;
}

/** Here `tf.topk` reads all scores back to the CPU, and waits for them. */
const SLOW_TOPK = 'webgl';
/** Here `tf.topk` is as fast as a maximum, and finds value and place at once. */
const FAST_TOPK = ['wasm'];

/**
 * The `k` best tokens of each row, best first, found on the device.
 *
 * @param scores `[rows, vocabulary]`
 * @param k all tokens where it is beyond the vocabulary
 */
export function topK(scores: Tensor2D, k: number): Selected {
  const count = Math.min(k, scores.shape[1]);
  const { backendName } = engine();
  if (backendName === SLOW_TOPK || (count === 1 && !FAST_TOPK.includes(backendName)))
    return topKByMaximum(scores, count);
  const { values, indices } = topk(scores, count);
  return { ids: indices, scores: values, entries: true };
}

/** The same without a sorting kernel: takes the maximum, bans it, and repeats. */
export function topKByMaximum(scores: Tensor2D, count: number): Selected {
  const ids: Tensor2D[] = [];
  const values: Tensor2D[] = [];
  for (let rest = scores; ;) {
    const best = argMax<Tensor1D>(rest, 1);
    ids.push(expandDims(best, 1));
    values.push(max(rest, 1, true));
    if (ids.length === count) break;
    rest = add(rest, mul(cast(oneHot(best, scores.shape[1]), 'float32'), 2 * BAN));
  }
  return count === 1
    ? { ids: ids[0] as Tensor2D, scores: values[0] as Tensor2D, entries: true }
    : { ids: concat(ids, 1), scores: concat(values, 1), entries: true };
}

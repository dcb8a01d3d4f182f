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
import { BAN } from '../processors/banned.js';
import type { Selected } from '../search/candidates.js';

/** On this, `tf.topk` reads all scores back to the CPU, and waits for them. */
const SLOW_TOPK = 'webgl';
/** On these it is as fast as a maximum, and finds value and place at once. */
const FAST_TOPK = ['wasm'];

/**
 * The `count` best tokens of each row, best first, found where the scores are.
 *
 * @param scores `[rows, vocabulary]`
 * @param count at most the vocabulary
 */
export function selectBest(scores: Tensor2D, count: number): Selected {
  const wanted = Math.min(count, scores.shape[1]);
  const { backendName } = engine();
  if (backendName === SLOW_TOPK || (wanted === 1 && !FAST_TOPK.includes(backendName)))
    return selectByMaximum(scores, wanted);
  const { values, indices } = topk(scores, wanted);
  return { ids: indices, scores: values, entries: true };
}

/** The same without a sorting kernel: takes the maximum, bans it, and goes on. */
export function selectByMaximum(scores: Tensor2D, count: number): Selected {
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

import {
  add,
  argMax,
  cast,
  cumsum,
  expandDims,
  greater,
  less,
  log,
  logicalAnd,
  max,
  min,
  minimum,
  mul,
  range,
  slice,
  softmax,
  sub,
  tensor2d,
  where,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { Selected } from './candidates.js';
import { entriesAt } from './entriesAt.js';

/** 24 bits, so that float32 holds the number exactly and never rounds it up to 1. */
const STEPS = 2 ** 24;

/**
 * Draws one token a row from `softmax(scores)`, by inverting the cumulative distribution where the scores are.
 *
 * @param scores `[rows, vocabulary]`
 * @param uniform a number in [0, 1) a row
 */
export function selectSample(scores: Tensor2D, uniform: readonly number[]): Selected {
  const [rows, vocabulary] = scores.shape;
  const probabilities = softmax(scores);
  const cumulative = cumsum<Tensor2D>(probabilities, 1);
  const total = slice(cumulative, [0, vocabulary - 1], [rows, 1]);
  const drawn = mul(
    total,
    tensor2d(
      uniform.map((u) => Math.floor(u * STEPS) / STEPS),
      [rows, 1],
    ),
  );
  // A token of probability 0 is never the one: a parallel sum need not grow steadily.
  const reached = logicalAnd(greater(cumulative, drawn), greater(probabilities, 0));
  const first = min(where(reached, range(0, vocabulary), vocabulary), 1, true);
  const best = cast(expandDims(argMax(probabilities, 1), 1), 'float32');
  const ids = cast(where(less(first, vocabulary), first, best), 'int32') as Tensor2D; // [rows, 1]
  const logProbability = log(entriesAt(probabilities, ids));
  // Where every token is banned the softmax is flat: a maximum far below 0 shows it.
  const allBanned = minimum(0, add(max(scores, 1, true), 1e29));
  return { ids, scores: sub<Tensor2D>(add(logProbability, allBanned), log(total)), entries: false };
}

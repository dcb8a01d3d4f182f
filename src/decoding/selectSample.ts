import {
  add,
  argMax,
  cumsum,
  expandDims,
  log,
  max,
  minimum,
  mul,
  slice,
  softmax,
  step,
  sub,
  tensor2d,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { Selected } from './search/candidates.js';
import { entriesAt } from './ops/gatherColumns.js';
import { BANNED_FROM } from './processors/banned.js';

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
  const threshold = mul(total, tensor2d(uniform.map((u) => Math.floor(u * STEPS) / STEPS), [rows, 1])); // prettier-ignore
  // `step(a - b)` is `a > b`, thirty times faster on the wasm backend. A token of probability 0 is never the one: a sum
  // worked out in parallel need not grow steadily.
  const reached = mul(step(sub(cumulative, threshold)), step(probabilities));
  // The first one reached has the largest weight; were rounding to reach none, the most probable token is left.
  const weights = new Float32Array(vocabulary);
  for (let id = 0; id < vocabulary; id++) weights[id] = 2 * (vocabulary - id);
  const earlier = tensor2d(weights, [1, vocabulary]);
  const ids = expandDims(argMax(add(mul(reached, earlier), probabilities), 1), 1) as Tensor2D; // [rows, 1]
  const logProbability = log(entriesAt(probabilities, ids));
  // Where every token is banned the softmax is flat: a maximum far below 0 shows it.
  const allBanned = minimum(0, sub(max(scores, 1, true), BANNED_FROM));
  return { ids, scores: sub<Tensor2D>(add(logProbability, allBanned), log(total)), entries: false };
}

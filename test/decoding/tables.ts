import { gather, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import type { StepFunction } from '../../src/contracts/stepFunction.js';
import { createRandom } from '../../src/core/random.js';

/** Tokens of the hand-written tables: start, end, then words. */
export const SOS = 0;
export const EOS = 1;

/** A model whose next token depends on the last one alone: row `i` of `table` holds what follows token `i`. */
export function tableStep(table: Tensor2D): StepFunction<null, undefined> {
  return (last) => ({ logits: gather(table, last), state: null });
}

/** Logits whose softmax is exactly `probabilities` (rows that sum to 1; 0 becomes -30). */
export function logTable(probabilities: number[][]): Tensor2D {
  return tensor2d(probabilities.map((row) => row.map((p) => (p === 0 ? -30 : Math.log(p)))));
}

/** Random logits in [-2, 2), `[tokens, tokens]`. */
export function randomTable(tokens: number, seed: number): Tensor2D {
  const random = createRandom(seed);
  return tensor2d(
    Array.from({ length: tokens }, () => Array.from({ length: tokens }, () => 4 * random.next() - 2)),
  );
}

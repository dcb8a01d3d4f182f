import { clipByValue, sub, type Tensor2D } from '@tensorflow/tfjs-core';
import { BAN } from './bans.js';
import { gatherColumns } from './gatherColumns.js';
import { logSumExp } from './logSumExp.js';

/**
 * Log-probabilities as a search gives them. Tokens at -Infinity become banned, and rounding does not lift a
 * probability above 1.
 *
 * @param logits `[rows, count]`, of all tokens or of some
 * @param normaliser `[rows, 1]`, the log-sum-exp over the whole vocabulary
 */
export function normalise(logits: Tensor2D, normaliser: Tensor2D): Tensor2D {
  return clipByValue(sub<Tensor2D>(logits, normaliser), BAN, 0);
}

/** The log-probabilities of some tokens of each row, `[rows, count]`, from the logits of all. */
export function logProbabilitiesOf(logits: Tensor2D, ids: Tensor2D): Tensor2D {
  return normalise(gatherColumns(logits, ids), logSumExp(logits));
}

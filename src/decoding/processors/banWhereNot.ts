import { add, mul, sub, type Tensor2D } from '@tensorflow/tfjs-core';
import { BAN } from './banned.js';

/** Bans every token where `kept`, `[rows, vocabulary]`, is 0; it is 1 elsewhere. */
export function banWhereNot(scores: Tensor2D, kept: Tensor2D): Tensor2D {
  return add(scores, mul(sub(1, kept), BAN));
}

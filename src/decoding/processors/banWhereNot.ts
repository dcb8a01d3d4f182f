import { add, cast, mul, sub, type Tensor2D } from '@tensorflow/tfjs-core';
import { BAN } from './banned.js';

/** Bans every token where `kept` (bool, `[rows, vocabulary]`) is false. */
export function banWhereNot(scores: Tensor2D, kept: Tensor2D): Tensor2D {
  return add(scores, mul(sub(1, cast(kept, 'float32')), BAN));
}

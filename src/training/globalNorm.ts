import { dispose, sqrt, type Scalar } from '@tensorflow/tfjs-core';
import { addAll } from '../core/addAll.js';
import { Seq2SeqError } from '../core/errors.js';
import { sumOfSquares } from '../ops/sumOfSquares.js';
import type { NamedTensors } from './computeGradients.js';

/**
 * The Euclidean length of all gradients taken as one vector. Not finite as soon as one element is not.
 *
 * @returns a scalar that the caller owns
 * @throws `invalid-input` where there are no gradients
 *
 * @example
 * ```ts
 * import { tensor1d } from '@tensorflow/tfjs-core';
 * import { globalNorm } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * console.log(await globalNorm({ w: tensor1d([3]), b: tensor1d([4]) }).data()); // 5
 * ```
 */
export function globalNorm(gradients: NamedTensors): Scalar {
  const squares = Object.values(gradients).map(sumOfSquares);
  if (squares.length === 0) {
    throw new Seq2SeqError('invalid-input', 'globalNorm: expected at least one gradient but received none.');
  }
  const total = addAll(squares);
  const norm = sqrt(total);
  dispose([...squares, total]);
  return norm;
}

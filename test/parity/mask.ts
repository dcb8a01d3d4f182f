import { tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';

/** `[batch, time]` float32: 1 below each row's length. */
export function maskOf(lengths: ArrayLike<number>, time: number): Tensor2D {
  const rows = Array.from(lengths, (length) => Array.from({ length: time }, (_, t) => (t < length ? 1 : 0)));
  return tensor2d(rows, [rows.length, time], 'float32');
}

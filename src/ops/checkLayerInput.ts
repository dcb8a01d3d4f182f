import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';

/** Refuses the input of a transformer layer that is not `[batch, time, width]`, or whose mask is of another batch or time. */
export function checkLayerInput(where: string, x: Tensor3D, mask: Tensor2D, width: number): void {
  const [batch, time] = x.shape;
  if (x.rank === 3 && x.shape[2] === width && mask.shape.join() === [batch, time].join()) return;
  throw mismatch('invalid-shape', {
    where,
    expected: `x of [batch, time, ${width}] and a mask of [batch, time]`,
    received: `[${x.shape}] and [${mask.shape}]`,
  });
}

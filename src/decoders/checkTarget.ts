import type { Tensor } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';

/** Refuses target ids of another rank or dtype than a decoder reads. */
export function checkTargetIds(where: string, ids: Tensor): void {
  if (ids.rank !== 2 || ids.dtype !== 'int32') {
    throw mismatch('invalid-shape', {
      where,
      expected: 'target ids [batch, time] of dtype int32',
      received: `${ids.dtype} [${ids.shape}]`,
      hint: 'Make batches with collate().',
    });
  }
}

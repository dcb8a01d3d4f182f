import type { Tensor } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import type { SequenceKind } from '../contracts/encoder.js';

/** Refuses a batch's target inputs of another rank, width or dtype than a decoder reads. */
export function checkTarget(where: string, target: SequenceKind, { rank, dtype, shape }: Tensor): void {
  const tokens = target.kind === 'tokens';
  const fits = tokens
    ? rank === 2 && dtype === 'int32'
    : rank === 3 && dtype === 'float32' && shape[2] === target.features;
  if (fits) return;
  throw mismatch('invalid-shape', {
    where,
    expected: tokens
      ? 'target ids [batch, time] of dtype int32'
      : `target frames [batch, time, ${target.features}] of dtype float32`,
    received: `${dtype} [${shape}]`,
    hint: 'Make batches with collate().',
  });
}

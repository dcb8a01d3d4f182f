import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { SequenceKind } from '../contracts/encoder.js';
import { mismatch } from '../core/errors.js';

/**
 * Refuses one side of a batch whose rank, dtype or width is not what a block was built for, or that disagrees with its mask.
 *
 * @param side which one, for messages
 * @throws `invalid-shape`
 */
export function checkSequence(
  where: string,
  side: 'source' | 'target',
  kind: SequenceKind,
  { rank, dtype, shape }: Tensor,
  mask: Tensor2D,
): void {
  const tokens = kind.kind === 'tokens';
  const hint = 'Make batches with collate().';
  const fits = tokens
    ? rank === 2 && dtype === 'int32'
    : rank === 3 && dtype === 'float32' && shape[2] === kind.features;
  if (!fits) {
    const expected = tokens
      ? `${side} ids [batch, time] of dtype int32`
      : `${side} frames [batch, time, ${kind.features}] of dtype float32`;
    throw mismatch('invalid-shape', { where, expected, received: `${dtype} [${shape}]`, hint });
  }
  const [batch, time] = shape as [number, number];
  if (mask.rank === 2 && mask.shape[0] === batch && mask.shape[1] === time) return;
  const expected = `a ${side} mask of [${batch}, ${time}], 1 at real positions and 0 at padding,`;
  throw mismatch('invalid-shape', { where, expected, received: mask.shape, hint });
}

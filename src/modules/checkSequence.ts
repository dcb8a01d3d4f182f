import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { SequenceKind } from '../contracts/encoder.js';
import { mismatch } from '../core/errors.js';

/**
 * Refuses one side of a batch that has another rank, dtype or width than a block was built for, and one that
 * its mask does not fit.
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

/**
 * Refuses lengths that cannot be those of the rows of a padded batch.
 *
 * @param side which side of a batch, for messages
 * @param lengths real positions of each row
 * @throws `invalid-shape`, `invalid-input`
 */
export function checkLengths(
  where: string,
  side: string,
  lengths: ArrayLike<number>,
  [batch, time]: [number, number],
): void {
  if (lengths?.length !== batch) {
    throw mismatch('invalid-shape', {
      where,
      expected: `${side} lengths of ${batch} rows`,
      received: lengths === undefined ? lengths : `${lengths.length} lengths`,
    });
  }
  for (const length of Array.from(lengths)) {
    if (Number.isInteger(length) && length >= 0 && length <= time) continue;
    const expected = `${side} lengths from 0 to ${time}, the time of the mask,`;
    throw mismatch('invalid-input', { where, expected, received: length });
  }
}

/**
 * Refuses the input of a transformer layer that is not `[batch, time, width]`, and a mask of another batch or
 * time.
 */
export function checkLayerInput(where: string, x: Tensor3D, mask: Tensor2D, width: number): void {
  const [batch, time] = x.shape;
  if (x.rank === 3 && x.shape[2] === width && mask.shape.join() === [batch, time].join()) return;
  throw mismatch('invalid-shape', {
    where,
    expected: `x of [batch, time, ${width}] and a mask of [batch, time]`,
    received: `[${x.shape}] and [${mask.shape}]`,
  });
}

import type { Batch } from '../contracts/batch.js';
import type { SequenceKind } from '../contracts/encoder.js';
import { mismatch } from '../core/errors.js';
import { checkLengths } from '../ops/checkLengths.js';

/**
 * Refuses a batch's target inputs of another rank, width or dtype than a decoder reads, and a mask or lengths that are not
 * theirs.
 */
export function checkTarget(
  where: string,
  target: SequenceKind,
  { targetInput, targetMask, targetLengths }: Pick<Batch, 'targetInput' | 'targetMask' | 'targetLengths'>,
): void {
  const { rank, dtype, shape } = targetInput;
  const hint = 'Make batches with collate().';
  const tokens = target.kind === 'tokens';
  const fits = tokens
    ? rank === 2 && dtype === 'int32'
    : rank === 3 && dtype === 'float32' && shape[2] === target.features;
  if (!fits) {
    throw mismatch('invalid-shape', {
      where,
      expected: tokens
        ? 'target ids [batch, time] of dtype int32'
        : `target frames [batch, time, ${target.features}] of dtype float32`,
      received: `${dtype} [${shape}]`,
      hint,
    });
  }
  if (targetMask.shape.join() !== shape.slice(0, 2).join()) {
    const expected = `a target mask of [${shape.slice(0, 2).join(', ')}]`;
    throw mismatch('invalid-shape', { where, expected, received: targetMask.shape, hint });
  }
  checkLengths(where, 'target', targetLengths, targetMask.shape);
}

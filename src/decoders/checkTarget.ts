import type { Batch } from '../contracts/batch.js';
import type { Context } from '../contracts/context.js';
import type { SequenceKind } from '../contracts/encoder.js';
import { tensorsOf } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import { checkLengths } from '../ops/checkLengths.js';

/**
 * Refuses a batch's target inputs of another rank, width or dtype than a decoder reads, and a mask or lengths that are not
 * theirs; and a context of other rows, which some operations would broadcast.
 */
export function checkTarget(
  where: string,
  target: SequenceKind,
  { targetInput, targetMask, targetLengths }: Pick<Batch, 'targetInput' | 'targetMask' | 'targetLengths'>,
  { memory, summary, state }: Context,
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
  const [rows] = shape as [number];
  const other = tensorsOf([memory, summary, state]).find((tensor) => tensor.shape[0] !== rows);
  if (other === undefined) return;
  throw mismatch('invalid-shape', {
    where,
    expected: `a context of ${rows} rows, as the batch has,`,
    received: other.shape[0],
    hint: "Encode the batch's own source.",
  });
}

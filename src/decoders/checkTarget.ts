import type { Batch } from '../contracts/batch.js';
import type { Context } from '../contracts/context.js';
import type { SequenceKind } from '../contracts/encoder.js';
import { tensorsOf } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import { checkLengths, checkSequence } from '../modules/checkSequence.js';

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
  checkSequence(where, 'target', target, targetInput, targetMask);
  checkLengths(where, 'target', targetLengths, targetMask.shape);
  const [rows] = targetMask.shape;
  const other = tensorsOf([memory, summary, state]).find((tensor) => tensor.shape[0] !== rows);
  if (other === undefined) return;
  throw mismatch('invalid-shape', {
    where,
    expected: `a context of ${rows} rows, as the batch has,`,
    received: other.shape[0],
    hint: "Encode the batch's own source.",
  });
}

import type { Batch } from '../contracts/batch.js';
import type { Context, StateShape } from '../contracts/context.js';
import type { SequenceKind } from '../contracts/encoder.js';
import { tensorsOf } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import { checkLengths, checkSequence } from '../modules/checkSequence.js';

/**
 * Refuses a batch's target inputs of another rank, width or dtype than a decoder reads. Refuses a mask or
 * lengths that are not theirs, and a context of other rows, which some operations would broadcast.
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

/**
 * Refuses a context whose states are not those that a recurrent decoder starts from, or whose summary has
 * another width.
 *
 * @param summarySize `null` where the summary is not read
 */
export function checkContext(
  where: string,
  { state, summary }: Context,
  shape: StateShape,
  summarySize: number | null,
): void {
  const fits =
    state !== null &&
    state.length === shape.layers &&
    state.every(({ h, c }) => h.shape[1] === shape.units && (c !== undefined) === shape.cell);
  if (!fits) {
    const states = `${shape.layers} states of ${shape.units} units${shape.cell ? ', each with c' : ''}`;
    throw mismatch('invalid-shape', {
      where,
      expected: `a context with ${states}`,
      received: state === null ? null : state.map(({ h }) => `[${h.shape}]`),
      hint: 'Put a bridge between encoder and decoder.',
    });
  }
  if (summarySize !== null && summary.shape[1] !== summarySize) {
    throw mismatch('invalid-shape', {
      where,
      expected: `a context with a summary of ${summarySize} numbers a row`,
      received: `[${summary.shape}]`,
      hint: 'The wiring said so when the decoder was built.',
    });
  }
}

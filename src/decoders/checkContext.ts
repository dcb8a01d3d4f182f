import { mismatch } from '../core/errors.js';
import type { Context, LayerState, StateShape } from '../contracts/context.js';

/**
 * Refuses a context whose states are not those that a recurrent decoder starts from, or whose summary has another width.
 *
 * @param summarySize `null` where the summary is not read
 * @returns the states
 */
export function checkContext(
  where: string,
  { state, summary }: Context,
  shape: StateShape,
  summarySize: number | null,
): readonly LayerState[] {
  const fits =
    state !== null &&
    state.length === shape.layers &&
    state.every(({ h, c }) => h.shape[1] === shape.units && (c !== undefined) === shape.cell);
  if (!fits) {
    throw mismatch('invalid-shape', {
      where,
      expected: `a context with ${shape.layers} states of ${shape.units} units${shape.cell ? ', each with c' : ''}`,
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
  return state;
}

import { mismatch } from '../core/errors.js';
import { GATES, type RecurrentCell } from './recurrentCells.js';
import type { RecurrentSequenceInputs } from './recurrentSequence.js';

/**
 * Refuses inputs of a recurrent layer whose shapes disagree: a fast kernel would read past the end of a tensor.
 *
 * @throws `invalid-shape`
 */
export function checkRecurrentInputs(
  where: string,
  cell: RecurrentCell,
  { projected, tokens, mask, initial, weight, bias }: RecurrentSequenceInputs,
): void {
  const [, units] = weight.shape;
  const rows = GATES[cell] * units;
  const check = (what: string, received: readonly number[], expected: readonly number[]): void => {
    if (received.length === expected.length && expected.every((size, axis) => received[axis] === size))
      return;
    throw mismatch('invalid-shape', { where, expected: `${what} of [${expected.join(', ')}]`, received });
  };
  check('recurrent weights', weight.shape, [rows, units]);
  check('a recurrent bias', bias.shape, [rows]);
  const [batch, time] = tokens === undefined ? projected.shape : mask.shape;
  check('a mask', mask.shape, [batch, time as number]);
  check('projected inputs', projected.shape, [
    ...(tokens === undefined ? [batch, time as number] : [tokens.count]),
    rows,
  ]);
  check('a state h', initial.h.shape, [batch, units]);
  if ((initial.c !== undefined) !== (cell === 'lstm')) {
    const expected = cell === 'lstm' ? 'a state with h and c' : 'a state without c, which only an LSTM has';
    throw mismatch('invalid-shape', { where, expected, received: initial });
  }
  if (initial.c !== undefined) check('a state c', initial.c.shape, [batch, units]);
}

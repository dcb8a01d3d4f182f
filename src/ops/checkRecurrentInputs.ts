import type { Tensor } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { GATES, type RecurrentCell } from './recurrentCells.js';
import type { RecurrentSequenceInputs } from './recurrentSequence.js';

/**
 * Refuses inputs of a recurrent layer that are not float32 or whose shapes disagree: a fast kernel would misread numbers, or
 * read past the end of a tensor.
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
  const check = (what: string, { shape, dtype }: Tensor, expected: readonly (number | undefined)[]): void => {
    const error = (text: string, received: unknown): Error =>
      mismatch('invalid-shape', { where, expected: `${what} of ${text}`, received });
    if (shape.length !== expected.length || expected.some((size, axis) => shape[axis] !== size)) {
      throw error(`[${expected.join(', ')}]`, shape);
    }
    if (dtype !== 'float32') throw error('dtype float32', dtype);
  };
  check('recurrent weights', weight, [rows, units]);
  check('a recurrent bias', bias, [rows]);
  const [batch, time] = tokens === undefined ? projected.shape : mask.shape;
  check('a mask', mask, [batch, time]);
  check('projected inputs', projected, [...(tokens === undefined ? [batch, time] : [tokens.count]), rows]);
  check('a state h', initial.h, [batch, units]);
  if ((initial.c !== undefined) !== (cell === 'lstm')) {
    const expected = cell === 'lstm' ? 'a state with h and c' : 'a state without c, which only an LSTM has';
    throw mismatch('invalid-shape', { where, expected, received: initial });
  }
  if (initial.c !== undefined) check('a state c', initial.c, [batch, units]);
}

import type { Tensor2D } from '@tensorflow/tfjs-core';
import { checkFloats } from '../../core/checkFloats.js';
import { mismatch } from '../../core/errors.js';
import { readAtOnce } from '../../core/engine.js';
import { oneOf } from '../../core/options.js';
import type { RealTokens } from '../realTokens.js';
import { CELLS, type CellDefinition, type RecurrentCell } from './cells.js';
import type { RecurrentSequenceInputs } from './operation.js';

/**
 * Refuses inputs of a recurrent layer that are not float32 or whose shapes disagree: a fast kernel would
 * misread numbers, or read past the end of a tensor.
 *
 * @throws `invalid-option` for an unknown cell, `invalid-shape`, `invalid-input` where `tokens` disagree with
 * the mask
 */
export function checkRecurrentInputs(
  where: string,
  cell: RecurrentCell,
  { projected, tokens, mask, initial, weight, bias }: RecurrentSequenceInputs,
): void {
  const { gates, hasCellState } = cellDefinition(where, cell);
  const [, units] = weight.shape;
  const rows = gates * units;
  const [batch, time] = (tokens === undefined ? projected.shape : mask.shape) as [number, number];
  const tensors = { weight, bias, mask, projected, 'initial.h': initial.h, 'initial.c': initial.c };
  checkFloats(where, tensors, {
    weight: [rows, units],
    bias: [rows],
    mask: [batch, time],
    projected: [...(tokens === undefined ? [batch, time] : [tokens.count]), rows],
    'initial.h': [batch, units],
    ...(initial.c && { 'initial.c': [batch, units] }),
  });
  if ((initial.c !== undefined) !== hasCellState) {
    const expected = hasCellState ? 'a state with h and c' : 'a state with h alone';
    throw mismatch('invalid-shape', { where, expected, received: initial });
  }
  if (tokens !== undefined) checkTokens(where, tokens, mask);
}

/** The entry of a cell. @throws `invalid-option` where there is none */
export function cellDefinition(where: string, cell: RecurrentCell): CellDefinition {
  return CELLS[oneOf(Object.keys(CELLS) as RecurrentCell[])(where, 'cell', cell)];
}

/** Tokens lie in the mask, in order, where it is 1. Its values are looked at where that waits for nothing. */
function checkTokens(where: string, { count, positions }: RealTokens, mask: Tensor2D): void {
  const values = positions && readAtOnce(mask);
  let found = 0;
  for (let place = 0; positions !== null && place < mask.size; place++) {
    const isToken = positions[found] === place;
    if (values !== null && isToken !== (values[place] !== 0)) {
      found = NaN;
      break;
    }
    if (isToken) found++;
  }
  if (positions === null ? count === mask.size : found === count && count === positions.length) return;
  throw mismatch('invalid-input', {
    where,
    expected: 'tokens at the positions where the mask is 1, and there alone',
    received: positions === null ? `${count} without padding` : Array.from(positions),
  });
}

import { cellOptions } from '../../src/modules/recurrentOptions.js';
import { CELLS } from '../../src/ops/recurrent/cells.js';

/** The values of the option `cell`: tests of blocks go through all of them. */
export const cells: ReturnType<typeof cellOptions> = cellOptions();

/** Whether the state of a cell has a `c`. */
export function hasCellState(cell: (typeof cells)[number]): boolean {
  return cell !== 'rnn' && CELLS[cell].hasCellState;
}

import { mismatch } from '../core/errors.js';
import { finiteNumber, oneOf, orNull, positiveInteger, type TableOf } from '../core/options.js';
import { CELLS, RNN_ACTIVATIONS, type RecurrentCell } from '../ops/recurrent/cells.js';

/** The options that recurrent encoders and decoders share. */
export interface RecurrentOptions {
  /**
   * `'rnn'` (Elman 1990), `'gru'` (Cho et al. 2014) or `'lstm'` (Hochreiter & Schmidhuber 1997).
   * Default `'gru'`.
   */
  readonly cell?: 'rnn' | Exclude<RecurrentCell, 'tanh' | 'relu'>;
  /** The activation of `'rnn'`; the other cells have their own and refuse it. Default `'tanh'`. */
  readonly activation?: 'tanh' | 'relu';
  /** Width of each layer (and direction), from 1. */
  readonly units: number;
  /** How many layers stand on each other, from 1. Default 1. */
  readonly layers?: number;
  /**
   * Probability, in [0, 1), of dropping an element of the embeddings and of what passes between layers;
   * refused where there is neither. Default 0.
   */
  readonly dropout?: number;
  /** Width of the token embedding, from 1. Default: `units`. Refused where no tokens are read. */
  readonly embeddingSize?: number;
}

type CellOption = NonNullable<RecurrentOptions['cell']>;

/** The checked form of {@link RecurrentOptions}, plain JSON with the defaults filled in. */
export type RecurrentConfig = {
  readonly cell: CellOption;
  readonly activation: 'tanh' | 'relu' | null;
  readonly units: number;
  readonly layers: number;
  readonly dropout: number;
  readonly embeddingSize: number | null;
};

/**
 * How the options that recurrent blocks share are read.
 *
 * @param given the options, unchecked as yet: the default activation follows from the cell
 */
export function recurrentTable(given: RecurrentOptions): TableOf<RecurrentConfig> {
  return {
    cell: [oneOf(cellOptions()), 'gru'],
    activation: [orNull(oneOf(RNN_ACTIVATIONS)), given?.cell === 'rnn' ? 'tanh' : null],
    units: [positiveInteger],
    layers: [positiveInteger, 1],
    dropout: [finiteNumber({ min: 0, below: 1 }), 0],
    embeddingSize: [orNull(positiveInteger), null],
  };
}

/** Refuses an activation of a cell that has its own. @throws `invalid-option` */
export function checkActivation(where: string, { cell, activation }: RecurrentConfig): void {
  if (activation === null || cell === 'rnn') return;
  const hint = `Leave activation out, or set cell to 'rnn'.`;
  const expected = `activation only with cell 'rnn'`;
  throw mismatch('invalid-option', { where, expected, received: activation, hint });
}

/** The values of the option `cell`: every cell by its name, but the plain ones by `'rnn'`. */
export function cellOptions(): CellOption[] {
  const isPlain = (cell: string): boolean => RNN_ACTIVATIONS.some((activation) => activation === cell);
  const others = Object.keys(CELLS).filter((cell) => !isPlain(cell));
  return ['rnn', ...(others as CellOption[])];
}

/** The recurrence that a configuration names. */
export function recurrentCell({ cell, activation }: RecurrentConfig): RecurrentCell {
  return cell === 'rnn' ? (activation ?? 'tanh') : cell;
}

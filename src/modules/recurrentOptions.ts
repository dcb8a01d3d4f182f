import { mismatch } from '../core/errors.js';
import { finiteNumber, oneOf, positiveInteger } from '../core/options.js';
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

/** Checks the shared options of a recurrent block and fills in the defaults. */
export function recurrentConfig(where: string, options: RecurrentOptions): RecurrentConfig {
  const { cell = 'gru', activation, units, layers = 1, dropout = 0, embeddingSize } = options;
  oneOf(cellOptions())(where, 'cell', cell);
  if (activation !== undefined && activation !== null && cell !== 'rnn') {
    const hint = `Leave activation out, or set cell to 'rnn'.`;
    throw mismatch('invalid-option', {
      where,
      expected: `activation only with cell 'rnn'`,
      received: activation,
      hint,
    });
  }
  return {
    cell,
    activation:
      cell === 'rnn'
        ? oneOf<'tanh' | 'relu'>(RNN_ACTIVATIONS)(where, 'activation', activation ?? 'tanh')
        : null,
    units: positiveInteger(where, 'units', units),
    layers: positiveInteger(where, 'layers', layers),
    dropout: finiteNumber({ min: 0, below: 1 })(where, 'dropout', dropout),
    embeddingSize:
      embeddingSize === undefined || embeddingSize === null
        ? null
        : positiveInteger(where, 'embeddingSize', embeddingSize),
  };
}

/** Every cell by its name, but the plain ones by `'rnn'`. */
function cellOptions(): CellOption[] {
  const isPlain = (cell: string): boolean => RNN_ACTIVATIONS.some((activation) => activation === cell);
  const others = Object.keys(CELLS).filter((cell) => !isPlain(cell));
  return ['rnn', ...(others as CellOption[])];
}

/** The recurrence that a configuration names. */
export function recurrentCell({ cell, activation }: RecurrentConfig): RecurrentCell {
  return cell === 'rnn' ? (activation ?? 'tanh') : cell;
}

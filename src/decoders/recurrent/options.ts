import { mismatch } from '../../core/errors.js';
import { boolean, checkOptionNames, oneOf } from '../../core/options.js';
import {
  recurrentConfig,
  type RecurrentConfig,
  type RecurrentOptions,
} from '../../modules/recurrentOptions.js';

/** What a step of the decoder reads besides its state. */
export type DecoderInput = 'previous' | 'summary' | 'attention';

/** What the output projection reads. */
export type DecoderReadout = 'output' | 'previous' | 'summary' | 'attention';

/** Options of `recurrentDecoder`. */
export interface RecurrentDecoderOptions extends RecurrentOptions {
  /**
   * What every step reads, in the order of the columns of `rnn.weight_ih_l0`: the embedding of the
   * `'previous'` token (or the `'previous'` frame itself), the encoder's `'summary'`, the `'attention'`'s
   * context vector. An empty list leaves the state alone. Default: `['previous']`, and `'attention'` where
   * one stands before the cell.
   */
  readonly input?: readonly DecoderInput[];
  /**
   * What the output projection reads, in the order of the columns of `fc_out.weight`: the cell's `'output'`
   * (the attentional vector h̃ where an attention stands after the cell) and the parts that `input` has.
   * Default: `['output']`, and `'attention'` where one stands before the cell.
   */
  readonly readout?: readonly DecoderReadout[];
  /**
   * Whether the output projection uses the embedding matrix as its weight (Press & Wolf 2017); the readout
   * must then be as wide as the embedding. Default false.
   */
  readonly tieEmbeddings?: boolean;
}

/** The checked options, plain JSON; `null` waits for what the wiring says. */
export type RecurrentDecoderConfig = RecurrentConfig & {
  readonly input: readonly DecoderInput[] | null;
  readonly readout: readonly DecoderReadout[] | null;
  readonly tieEmbeddings: boolean;
};

const OPTIONS = [
  'cell',
  'activation',
  'units',
  'layers',
  'dropout',
  'embeddingSize',
  'input',
  'readout',
  'tieEmbeddings',
] as const;

export const WHERE = 'recurrentDecoder';

/** Checks what can be checked before the wiring is known. */
export function recurrentDecoderConfig(options: RecurrentDecoderOptions): RecurrentDecoderConfig {
  checkOptionNames(WHERE, options, OPTIONS);
  const { input, readout, tieEmbeddings = false } = options;
  return {
    ...recurrentConfig(WHERE, options),
    input:
      input === undefined || input === null
        ? null
        : distinct('input', input, ['previous', 'summary', 'attention']),
    readout:
      readout === undefined || readout === null
        ? null
        : distinct('readout', readout, ['output', 'previous', 'summary', 'attention'], 1),
    tieEmbeddings: boolean(WHERE, 'tieEmbeddings', tieEmbeddings),
  };
}

function distinct<T extends string>(
  name: string,
  values: readonly T[],
  choices: readonly T[],
  least = 0,
): readonly T[] {
  if (!Array.isArray(values) || new Set(values).size !== values.length || values.length < least) {
    const expected = `${name} to be a list of ${least > 0 ? 'one or more ' : ''}different parts`;
    throw mismatch('invalid-option', { where: WHERE, expected, received: values });
  }
  return values.map((value) => oneOf(choices)(WHERE, name, value));
}

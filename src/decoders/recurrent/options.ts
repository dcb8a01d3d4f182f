import { mismatch } from '../../core/errors.js';
import { boolean, oneOf, orNull, readOptions, type OptionCheck } from '../../core/options.js';
import { checkActivation, recurrentTable } from '../../modules/recurrentOptions.js';
import type { RecurrentConfig, RecurrentOptions } from '../../modules/recurrentOptions.js';

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
   * Whether the output projection uses the embedding matrix as its weight (Press & Wolf 2017). The readout
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

export const WHERE = 'recurrentDecoder';

/** Checks what can be checked before the wiring is known. */
export function recurrentDecoderConfig(options: RecurrentDecoderOptions): RecurrentDecoderConfig {
  const config = readOptions(WHERE, options, {
    ...recurrentTable(options),
    input: [orNull(different(['previous', 'summary', 'attention'])), null],
    readout: [orNull(different(['output', 'previous', 'summary', 'attention'], 1)), null],
    tieEmbeddings: [boolean, false],
  });
  checkActivation(WHERE, config);
  return config;
}

/** Takes a list of `least` or more of `choices`, none of them twice. */
function different<const T extends string>(choices: readonly T[], least = 0): OptionCheck<readonly T[]> {
  return (where, name, value) => {
    const values = value as unknown[];
    if (Array.isArray(value) && new Set(values).size === values.length && values.length >= least)
      return values.map((part) => oneOf(choices)(where, name, part));
    const expected = `${name} to be a list of ${least > 0 ? 'one or more ' : ''}different parts`;
    throw mismatch('invalid-option', { where, expected, received: value });
  };
}

import { mismatch } from '../../core/errors.js';
import { checkOptionNames, flag, oneOf } from '../../core/options.js';
import type { DecoderWiring } from '../../contracts/decoder.js';
import {
  recurrentConfig,
  type RecurrentConfig,
  type RecurrentOptions,
} from '../../modules/recurrentOptions.js';
import type { InputParts } from './inputProjection.js';

/** What a step of the decoder reads besides its state. */
export type DecoderInput = 'previous' | 'summary' | 'attention';

/** What the output projection reads. */
export type DecoderReadout = 'output' | 'previous' | 'summary' | 'attention';

/** Options of `recurrentDecoder`. */
export interface RecurrentDecoderOptions extends RecurrentOptions {
  /**
   * What every step reads, in the order of the columns of `rnn.weight_ih_l0`: the embedding of the `'previous'` token (or the `'previous'` frame itself), the
   * encoder's `'summary'`, the `'attention'`'s context vector. An empty list leaves the state alone.
   * Default: `['previous']`, and `'attention'` where one stands before the cell.
   */
  readonly input?: readonly DecoderInput[];
  /**
   * What the output projection reads, in the order of the columns of `fc_out.weight`: the cell's `'output'` (the attentional
   * vector h̃ where an attention stands after the cell) and the parts that `input` has.
   * Default: `['output']`, and `'attention'` where one stands before the cell.
   */
  readonly readout?: readonly DecoderReadout[];
  /**
   * Whether the output projection uses the embedding matrix as its weight (Press & Wolf 2017); the readout must then be
   * as wide as the embedding. Default false.
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
    tieEmbeddings: flag(WHERE, 'tieEmbeddings', tieEmbeddings),
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
  return values.map((value) => oneOf(WHERE, name, value, choices));
}

/** How the parts of one decoder fit together, once its neighbours are known. */
export interface RecurrentDecoderLayout {
  /** Width of what is read of the previous token or frame. */
  readonly previousSize: number;
  readonly inputs: InputParts;
  readonly readout: readonly { readonly name: DecoderReadout; readonly size: number }[];
  readonly usesPrevious: boolean;
  /** Width of the attention's context vectors, or 0. */
  readonly contextSize: number;
  readonly order: 'before-cell' | 'after-cell' | null;
  readonly inputFeeding: boolean;
}

/**
 * @param contextSize width of the attention's context vectors, 0 without one
 * @throws `incompatible-parts` where a part is read that is not there
 */
export function recurrentDecoderLayout(
  config: RecurrentDecoderConfig,
  { target, attention, summarySize }: Pick<DecoderWiring, 'target' | 'attention' | 'summarySize'>,
  contextSize: number,
): RecurrentDecoderLayout {
  const { units } = config;
  const previousSize = target.kind === 'frames' ? target.features : (config.embeddingSize ?? units);
  const order = attention?.placement.order ?? null;
  const inputFeeding = attention?.placement.inputFeeding ?? false;
  const before = order === 'before-cell';
  const input = config.input ?? (before ? ['previous', 'attention'] : ['previous']);
  const readout = config.readout ?? (before ? ['output', 'attention'] : ['output']);
  if (order === null && (input.includes('attention') || readout.includes('attention'))) {
    throw incompatible(
      `an attention, since 'attention' is among its input or readout,`,
      'none',
      'Add .attention(…).',
    );
  }
  if (order === 'after-cell' && input.includes('attention')) {
    const hint = `Use inputFeeding: true to feed the last attentional vector, or order: 'before-cell'.`;
    throw incompatible(`no 'attention' in input`, `an attention after the cell`, hint);
  }
  if (before && inputFeeding) {
    throw incompatible(
      `inputFeeding only with order 'after-cell'`,
      order,
      `Put 'attention' in input instead.`,
    );
  }
  if (before && !input.includes('attention') && !readout.includes('attention')) {
    throw incompatible(
      `'attention' among its input or readout`,
      [...input, ...readout],
      'Or leave the attention out.',
    );
  }
  if (readout.every((name) => name === 'previous')) {
    const hint = `The previous token alone never sees the source.`;
    throw incompatible(`'output', 'summary' or 'attention' in its readout`, readout, hint);
  }
  const usesPrevious = input.includes('previous') || readout.includes('previous');
  checkEmbedding(config, target.kind, usesPrevious);
  const sizes = {
    previous: previousSize,
    summary: summarySize,
    attention: contextSize,
    output: units,
    feeding: units,
  };
  const names = inputFeeding ? [...input, 'feeding' as const] : input;
  const layout = {
    previousSize,
    inputs: names.map((name) => ({ name, size: sizes[name] })),
    readout: readout.map((name) => ({ name, size: sizes[name] })),
    usesPrevious,
    contextSize,
    order,
    inputFeeding,
  };
  const featureSize = layout.readout.reduce((sum, { size }) => sum + size, 0);
  if (config.tieEmbeddings && featureSize !== previousSize) {
    const hint = `With readout ['output'], set embeddingSize to units (${units}).`;
    throw incompatible(
      `a readout as wide as the embedding (${previousSize}), to tie them,`,
      featureSize,
      hint,
    );
  }
  return layout;
}

/** Refuses what would do nothing where nothing is embedded: options of an embedding, and dropout below a single layer. */
function checkEmbedding(
  { embeddingSize, tieEmbeddings, dropout, layers }: RecurrentDecoderConfig,
  kind: 'tokens' | 'frames',
  usesPrevious: boolean,
): void {
  if (kind === 'tokens' && usesPrevious) return;
  const [target, remedy] =
    kind === 'frames'
      ? ['over float frames', 'Leave it out: frames are read as they are.']
      : [`where 'previous' is not read`, `Leave it out, or put 'previous' in input or readout.`];
  if (dropout > 0 && layers === 1) {
    const hint =
      'It acts on embeddings and between layers, and here is neither: leave it out, or add layers.';
    throw incompatible(`no dropout with one layer ${target}`, dropout, hint);
  }
  const given = tieEmbeddings ? 'tieEmbeddings' : embeddingSize !== null ? 'embeddingSize' : null;
  if (given !== null) throw incompatible(`no options of an embedding ${target}`, given, remedy);
}

function incompatible(expected: string, received: unknown, hint: string): Error {
  return mismatch('incompatible-parts', { where: WHERE, expected, received, hint });
}

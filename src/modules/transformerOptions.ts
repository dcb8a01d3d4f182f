import { mismatch } from '../core/errors.js';
import { finiteNumber, oneOf, positiveInteger, type TableOf } from '../core/options.js';
import { positionTable, type PositionKind } from './positions.js';

/** The options of one transformer layer. */
export interface TransformerLayerOptions {
  /** Width of every vector, from 1. */
  readonly width: number;
  /** How many attention heads share the width, which they must divide. Default 4. */
  readonly heads?: number;
  /** Width of the hidden layer of the feed-forward part, from 1. Default: four times `width`. */
  readonly feedForward?: number;
  /**
   * Where layer normalisation stands. `'pre'`: before each part (Xiong et al. 2020); it trains without a
   * learning-rate warm-up. `'post'`: after each sum (Vaswani et al. 2017), as PyTorch has it unless told
   * otherwise. Default `'pre'`.
   */
  readonly norm?: 'pre' | 'post';
  /** The activation of the feed-forward part; `'gelu'` is the exact one. Default `'relu'`. */
  readonly activation?: 'relu' | 'gelu';
  /** Probability of dropout, in [0, 1), in the places of PyTorch's layers. Default 0.1. */
  readonly dropout?: number;
}

/** The options that transformer encoders and decoders share. */
export interface TransformerOptions extends TransformerLayerOptions {
  /** How many layers stand on each other, from 1. Default 2. */
  readonly layers?: number;
  /**
   * Position encodings: sinusoids (Vaswani et al. 2017, §3.5), or a learned table. Default `'sinusoidal'`.
   */
  readonly positions?: PositionKind;
  /** How many positions are learned, from 1, with `positions: 'learned'` alone. Default 512. */
  readonly maxLength?: number;
}

/** The checked form of {@link TransformerLayerOptions}, plain JSON with the defaults filled in. */
export type TransformerLayerConfig = Required<TransformerLayerOptions>;

/** The checked form of {@link TransformerOptions}. */
export type TransformerConfig = Required<Omit<TransformerOptions, 'maxLength'>> &
  Pick<TransformerOptions, 'maxLength'>;

/**
 * How the options of one layer are read.
 *
 * @param given the options, not checked yet: one default follows from another option
 */
export function transformerLayerTable(given: TransformerLayerOptions): TableOf<TransformerLayerConfig> {
  return {
    width: [positiveInteger],
    heads: [positiveInteger, 4],
    feedForward: [positiveInteger, 4 * given?.width],
    norm: [oneOf(['pre', 'post']), 'pre'],
    activation: [oneOf(['relu', 'gelu']), 'relu'],
    dropout: [finiteNumber({ min: 0, below: 1 }), 0.1],
  };
}

/** How the options of a stack of layers are read. */
export function transformerTable(given: TransformerOptions): TableOf<TransformerConfig> {
  return {
    ...transformerLayerTable(given),
    layers: [positiveInteger, 2],
    ...positionTable(given, ['sinusoidal', 'learned']),
  };
}

/** Refuses heads that do not divide the width. @throws `invalid-option` */
export function checkHeads(where: string, { width, heads }: TransformerLayerConfig): void {
  if (width % heads === 0) return;
  const expected = `a number of heads that divides the width (${width})`;
  throw mismatch('invalid-option', { where, expected, received: heads });
}

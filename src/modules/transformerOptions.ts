import { mismatch } from '../core/errors.js';
import { finiteNumber, oneOf, positiveInteger } from '../core/options.js';
import { positionConfig, type PositionKind } from './positions.js';

/** The options of one transformer layer. */
export interface TransformerLayerOptions {
  /** Width of every vector, from 1. */
  readonly width: number;
  /** How many attention heads share the width, which they must divide. Default 4. */
  readonly heads?: number;
  /** Width of the hidden layer of the feed-forward part, from 1. Default: four times `width`. */
  readonly feedForward?: number;
  /**
   * Where layer normalisation stands: `'pre'`, before each part (Xiong et al. 2020), trains without a learning-rate
   * warm-up; `'post'`, after each sum (Vaswani et al. 2017; PyTorch's default). Default `'pre'`.
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
  /** Position encodings: sinusoids (Vaswani et al. 2017, §3.5) or a learned table. Default `'sinusoidal'`. */
  readonly positions?: PositionKind;
  /** How many positions are learned, from 1, with `positions: 'learned'` alone. Default 512. */
  readonly maxLength?: number;
}

/** The checked form of {@link TransformerLayerOptions}, plain JSON with the defaults filled in. */
export type TransformerLayerConfig = Readonly<
  Required<{ [K in keyof TransformerLayerOptions]: TransformerLayerOptions[K] }>
>;

/** The checked form of {@link TransformerOptions}. */
export type TransformerConfig = TransformerLayerConfig & {
  readonly layers: number;
  readonly positions: PositionKind;
  readonly maxLength?: number;
};

export const TRANSFORMER_LAYER_OPTIONS: readonly string[] = [
  'width',
  'heads',
  'feedForward',
  'norm',
  'activation',
  'dropout',
];
export const TRANSFORMER_OPTIONS: readonly string[] = [
  ...TRANSFORMER_LAYER_OPTIONS,
  'layers',
  'positions',
  'maxLength',
];

/** Checks the options of a layer and fills in the defaults. @throws `invalid-option` */
export function transformerLayerConfig(
  where: string,
  options: TransformerLayerOptions,
): TransformerLayerConfig {
  const width = positiveInteger(where, 'width', options.width);
  const heads = positiveInteger(where, 'heads', options.heads ?? 4);
  if (width % heads !== 0) {
    throw mismatch('invalid-option', {
      where,
      expected: `a number of heads that divides the width (${width})`,
      received: heads,
    });
  }
  return {
    width,
    heads,
    feedForward: positiveInteger(where, 'feedForward', options.feedForward ?? 4 * width),
    norm: oneOf(['pre', 'post'])(where, 'norm', options.norm ?? 'pre'),
    activation: oneOf(['relu', 'gelu'])(where, 'activation', options.activation ?? 'relu'),
    dropout: finiteNumber({ min: 0, below: 1 })(where, 'dropout', options.dropout ?? 0.1),
  };
}

/** Checks the options of a stack of layers and fills in the defaults. @throws `invalid-option` */
export function transformerConfig(where: string, options: TransformerOptions): TransformerConfig {
  return {
    ...transformerLayerConfig(where, options),
    layers: positiveInteger(where, 'layers', options.layers ?? 2),
    ...positionConfig(where, options, ['sinusoidal', 'learned']),
  };
}

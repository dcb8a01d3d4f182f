import { mismatch } from '../core/errors.js';
import { boolean, checkOptionNames, finiteNumber, oneOf, positiveInteger } from '../core/options.js';
import { positionConfig } from '../modules/positions.js';

/** Options of `convolutionalEncoder`. */
export interface ConvolutionalEncoderOptions {
  /** Channels of each layer, from 1. */
  readonly units: number;
  /** How many convolutions stand on each other, from 1. Default 2. */
  readonly layers?: number;
  /** Positions that one convolution sees, from 1. Default 3. */
  readonly kernelSize?: number;
  /** Distance between these positions: one number for all layers, or one a layer. Default 1. */
  readonly dilation?: number | readonly number[];
  /** `'glu'`: half of twice the channels gates the other half (Dauphin et al. 2017); or `'relu'`. Default `'glu'`. */
  readonly activation?: 'glu' | 'relu';
  /** Whether layers from the second on add their input, times √½ (Gehring et al. 2017, §3.4). Default true. */
  readonly residual?: boolean;
  /** How the summary is made of the memory: the mean or the maximum over the real positions. Default `'mean'`. */
  readonly pooling?: 'mean' | 'max';
  /** Position encodings that join the input. Default `'none'`: a convolution sees order within its reach only. */
  readonly positions?: 'none' | 'sinusoidal' | 'learned';
  /** How many positions are learned, from 1, with `positions: 'learned'` alone. Default 512. */
  readonly maxLength?: number;
  /** Probability, in [0, 1), of dropping an element of a convolution's input. Default 0. */
  readonly dropout?: number;
  /** Width of the token embedding, from 1. Default: `units`. Frames have none. */
  readonly embeddingSize?: number;
}

const OPTIONS = [
  'units',
  'layers',
  'kernelSize',
  'dilation',
  'activation',
  'residual',
  'pooling',
  'positions',
  'maxLength',
  'dropout',
  'embeddingSize',
] as const;

/** The checked form of {@link ConvolutionalEncoderOptions}, plain JSON with the defaults filled in. */
export type ConvolutionalEncoderConfig = {
  readonly units: number;
  readonly layers: number;
  readonly kernelSize: number;
  readonly dilation: readonly number[];
  readonly activation: 'glu' | 'relu';
  readonly residual: boolean;
  readonly pooling: 'mean' | 'max';
  readonly positions: 'none' | 'sinusoidal' | 'learned';
  readonly maxLength?: number;
  readonly dropout: number;
  readonly embeddingSize?: number;
};

/** Checks the options and fills in the defaults. @throws `invalid-option` */
export function convolutionalEncoderConfig(options: ConvolutionalEncoderOptions): ConvolutionalEncoderConfig {
  const where = 'convolutionalEncoder';
  checkOptionNames(where, options, OPTIONS);
  const { embeddingSize, dilation = 1 } = options;
  const layers = positiveInteger(where, 'layers', options.layers ?? 2);
  const dilations: readonly unknown[] = Array.isArray(dilation) ? dilation : new Array(layers).fill(dilation);
  if (dilations.length !== layers) {
    throw mismatch('invalid-option', {
      where,
      expected: `one dilation, or one for each of the ${layers} layers`,
      received: dilation,
    });
  }
  return {
    units: positiveInteger(where, 'units', options.units),
    layers,
    kernelSize: positiveInteger(where, 'kernelSize', options.kernelSize ?? 3),
    dilation: dilations.map((value) => positiveInteger(where, 'dilation', value)),
    activation: oneOf(['glu', 'relu'])(where, 'activation', options.activation ?? 'glu'),
    residual: boolean(where, 'residual', options.residual ?? true),
    pooling: oneOf(['mean', 'max'])(where, 'pooling', options.pooling ?? 'mean'),
    ...positionConfig(where, options, ['none', 'sinusoidal', 'learned']),
    dropout: finiteNumber({ min: 0, below: 1 })(where, 'dropout', options.dropout ?? 0),
    ...(embeddingSize === undefined
      ? {}
      : { embeddingSize: positiveInteger(where, 'embeddingSize', embeddingSize) }),
  };
}

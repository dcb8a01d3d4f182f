import { add, clone, expandDims, mul, relu, sigmoid, split } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import { tidyTensors } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import { boolean, finiteNumber, oneOf, positiveInteger, readOptions } from '../core/options.js';
import { buildBlock, uniformInitializer, type ParameterSet } from '../core/parameters.js';
import type { ForwardOptions, Unowned } from '../contracts/block.js';
import type { Context } from '../contracts/context.js';
import type { Encoder, EncoderSpec, EncoderWiring } from '../contracts/encoder.js';
import { convolution1d } from '../ops/convolution1d.js';
import { dropout } from '../ops/dropoutMask.js';
import { maskedMax, maskedMean } from '../ops/maskedPooling.js';
import { addPositions, checkPositions, positionTable } from '../modules/positions.js';
import { checkSource } from './checkSource.js';
import { addSourceReader } from './sourceReader.js';

/** Options of {@link convolutionalEncoder}. */
export interface ConvolutionalEncoderOptions {
  /** Channels of each layer, from 1. */
  readonly units: number;
  /** How many convolutions stand on each other, from 1. Default 2. */
  readonly layers?: number;
  /** Positions that one convolution sees, from 1. Default 3. */
  readonly kernelSize?: number;
  /** Distance between these positions: one number for all layers, or one a layer. Default 1. */
  readonly dilation?: number | readonly number[];
  /**
   * `'relu'`, or `'glu'`: there are twice the channels, and half of them gate the other half (Dauphin et al.
   * 2017). Default `'glu'`.
   */
  readonly activation?: 'glu' | 'relu';
  /**
   * Whether layers from the second on add their input, times √½ (Gehring et al. 2017, §3.4). Default true.
   */
  readonly residual?: boolean;
  /**
   * How the summary is made of the memory: the mean or the maximum over the real positions. Default `'mean'`.
   */
  readonly pooling?: 'mean' | 'max';
  /**
   * Position encodings that are added to the input. Default `'none'`: a convolution sees order within its
   * reach only.
   */
  readonly positions?: 'none' | 'sinusoidal' | 'learned';
  /** How many positions are learned, from 1, with `positions: 'learned'` alone. Default 512. */
  readonly maxLength?: number;
  /** Probability, in [0, 1), of dropping an element of a convolution's input. Default 0. */
  readonly dropout?: number;
  /** Width of the token embedding, from 1. Default: `units`. Frames have none. */
  readonly embeddingSize?: number;
}

const WHERE = 'convolutionalEncoder';

/**
 * An encoder of stacked convolutions that keep the length (Gehring et al. 2017, §3), for tokens or float
 * frames.
 *
 * Its memory is the last layer's output, `[batch, time, units]`. Its summary is the mean or maximum of the
 * memory over the real positions. It has no recurrent state. Padding is set to 0 before each layer, so that
 * it changes nothing. It trains on every backend, wasm included.
 *
 * Parameters, with PyTorch's layout and initialisation:
 *
 * - `embedding.weight` (tokens only), N(0, 1)
 * - `positions.weight` (where learned), N(0, 1)
 * - `convs.0.weight` `[channels, inputs, kernelSize]` and `convs.0.bias`, …: U(±1/√(inputs * kernelSize));
 *   `'glu'` has twice `units` channels
 *
 * @throws `invalid-option` for a wrong option; `incompatible-parts` from `build` if `embeddingSize` meets
 * float frames; `invalid-input` from `forward` for a source longer than the learned positions
 * @example
 * ```ts
 * import { convolutionalEncoder, createRandom } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const spec = convolutionalEncoder({ units: 8, layers: 3, dilation: [1, 2, 4], positions: 'learned' });
 * const encoder = spec.build({
 *   source: { kind: 'tokens', vocabSize: 20, padId: 0 },
 *   random: createRandom(1),
 * });
 * const { memory, summary } = encoder.forward(tensor2d([[1, 7, 2]], undefined, 'int32'), ones([1, 3]));
 * console.log(memory.shape, summary.shape); // [1, 3, 8] [1, 8]
 * ```
 */
export function convolutionalEncoder(options: ConvolutionalEncoderOptions): EncoderSpec {
  const config = readConfig(options);
  return {
    role: 'encoder',
    kind: WHERE,
    config,
    maxPositions: config.maxLength,
    build: (wiring) => buildBlock(WHERE, wiring, (parameters) => build(parameters, config, wiring)),
  };
}

function readConfig(options: ConvolutionalEncoderOptions) {
  const config = readOptions(WHERE, options, {
    units: [positiveInteger],
    layers: [positiveInteger, 2],
    kernelSize: [positiveInteger, 3],
    dilation: [oneOrMore, 1],
    activation: [oneOf(['glu', 'relu']), 'glu'],
    residual: [boolean, true],
    pooling: [oneOf(['mean', 'max']), 'mean'],
    ...positionTable(options, ['none', 'sinusoidal', 'learned']),
    dropout: [finiteNumber({ min: 0, below: 1 }), 0],
    embeddingSize: [positiveInteger, undefined],
  });
  checkPositions(WHERE, config);
  const { layers, dilation } = config;
  const dilations = typeof dilation === 'number' ? new Array<number>(layers).fill(dilation) : dilation;
  if (dilations.length === layers) return { ...config, dilation: dilations };
  const expected = `one dilation, or one for each of the ${layers} layers`;
  throw mismatch('invalid-option', { where: WHERE, expected, received: dilation });
}

/** Takes a whole number from 1, or a list of them. */
function oneOrMore(where: string, name: string, value: unknown): number | readonly number[] {
  if (!Array.isArray(value)) return positiveInteger(where, name, value);
  return value.map((item: unknown) => positiveInteger(where, name, item));
}

function build(
  parameters: ParameterSet,
  config: ReturnType<typeof readConfig>,
  wiring: EncoderWiring,
): Unowned<Encoder> {
  const { source, random } = wiring;
  const { units, activation, kernelSize } = config;
  const { embeddingSize = null } = config;
  const { size: inputSize, read } = addSourceReader(parameters, WHERE, wiring, { embeddingSize, units });
  const positions =
    config.positions === 'none'
      ? null
      : addPositions(parameters, {
          where: WHERE,
          kind: config.positions,
          width: inputSize,
          maxLength: config.maxLength ?? 0,
          deviation: 1,
          scale: 1,
          random,
        });
  const channels = activation === 'glu' ? 2 * units : units;
  const convolutions = config.dilation.map((dilation, layer) => {
    const inputs = layer === 0 ? inputSize : units;
    const initialize = uniformInitializer(random, 1 / Math.sqrt(inputs * kernelSize));
    const weight = parameters.add<Variable & Tensor3D>(
      `convs.${layer}.weight`,
      [channels, inputs, kernelSize],
      initialize,
    );
    const bias = parameters.add<Variable & Tensor1D>(`convs.${layer}.bias`, [channels], initialize);
    return { weight, bias, dilation };
  });

  const forward = (input: Tensor, mask: Tensor2D, { training = false }: ForwardOptions = {}): Context => {
    parameters.checkAlive();
    checkSource(WHERE, source, input, mask);
    const rate = training ? config.dropout : 0;
    return tidyTensors(() => {
      const real = expandDims(mask, 2); // [batch, time, 1]
      const given = read(input);
      let x = mul(positions === null ? given : positions.addTo(given), real) as Tensor3D;
      convolutions.forEach(({ weight, bias, dilation }, layer) => {
        const y = convolution1d(dropout(x, rate, random), weight, bias, dilation);
        const active = activation === 'relu' ? relu(y) : gatedLinearUnit(y);
        const mixed = config.residual && layer > 0 ? mul(add(x, active), Math.SQRT1_2) : active;
        x = mul(mixed, real) as Tensor3D; // so that padding is 0 for the next layer, and in the memory
      });
      const summary = config.pooling === 'mean' ? maskedMean(x, mask) : maskedMax(x, mask);
      return { memory: x, mask: clone(mask), summary, state: null };
    });
  };

  return {
    memorySize: units,
    summarySize: units,
    stateShape: null,
    forward,
  };
}

/** The first half of the channels, gated by the second (Dauphin et al. 2017, eq. 1). */
function gatedLinearUnit(x: Tensor3D): Tensor3D {
  const [values, gates] = split<Tensor3D>(x, 2, 2) as [Tensor3D, Tensor3D];
  return mul(values, sigmoid(gates));
}

import { clone, type Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import { tidyTensors } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import { boolean, readOptions } from '../core/options.js';
import { buildBlock, type ParameterSet } from '../core/parameters.js';
import type { Unowned } from '../contracts/block.js';
import type { Context, StateShape } from '../contracts/context.js';
import type { EncodeOptions, Encoder, EncoderSpec, EncoderWiring } from '../contracts/encoder.js';
import { dropout } from '../ops/dropoutMask.js';
import { linear } from '../ops/linear.js';
import { gatherTokens, realTokens } from '../ops/realTokens.js';
import { CELLS } from '../ops/recurrent/cells.js';
import { recurrentLayers } from '../ops/recurrent/recurrentLayers.js';
import {
  checkActivation,
  recurrentCell,
  recurrentTable,
  type RecurrentConfig,
  type RecurrentOptions,
} from '../modules/recurrentOptions.js';
import { addRecurrentParameters } from '../modules/recurrentStack.js';
import { checkSource } from './checkSource.js';
import { addSourceReader } from './sourceReader.js';

/** Options of {@link recurrentEncoder}. */
export interface RecurrentEncoderOptions extends RecurrentOptions {
  /**
   * Whether a second set of layers reads from the last real step to the first (Schuster & Paliwal 1997).
   * Default false.
   */
  readonly bidirectional?: boolean;
}

const WHERE = 'recurrentEncoder';

/**
 * A recurrent encoder (Sutskever et al. 2014; bidirectional: Bahdanau et al. 2015, §3.2) with PyTorch's
 * gates.
 *
 * Its memory is the last layer's output, `[batch, time, directions * units]`. Its state is the final state of
 * every layer, with the directions concatenated. Its summary is the last layer's final `h`. Padding changes
 * nothing: each row ends at its own last real step, and its backward direction starts there.
 *
 * Parameters: `embedding.weight` (tokens only) and PyTorch's `rnn.weight_ih_l0`, `rnn.weight_hh_l0`,
 * `rnn.bias_ih_l0`, `rnn.bias_hh_l0`, … with `_reverse` for the backward direction.
 *
 * @throws `invalid-option` for a wrong option; `incompatible-parts` from `build` if `embeddingSize` meets
 * float frames, or dropout a single layer over them, where it would do nothing
 * @example
 * ```ts
 * import { createRandom, recurrentEncoder } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const encoder = recurrentEncoder({ cell: 'gru', units: 8, bidirectional: true }).build({
 *   source: { kind: 'tokens', vocabSize: 20, padId: 0 },
 *   random: createRandom(1),
 * });
 * const { memory } = encoder.forward(tensor2d([[1, 7, 2]], undefined, 'int32'), ones([1, 3]));
 * console.log(memory.shape); // [1, 3, 16]
 * ```
 */
export function recurrentEncoder(options: RecurrentEncoderOptions): EncoderSpec {
  const config = readOptions(WHERE, options, { ...recurrentTable(options), bidirectional: [boolean, false] });
  checkActivation(WHERE, config);
  return {
    role: 'encoder',
    kind: WHERE,
    config,
    build: (wiring) => buildBlock(WHERE, wiring, (parameters) => build(parameters, config, wiring)),
  };
}

function build(
  parameters: ParameterSet,
  config: RecurrentConfig & { readonly bidirectional: boolean },
  wiring: EncoderWiring,
): Unowned<Encoder> {
  const { source, random } = wiring;
  if (source.kind === 'frames' && config.dropout > 0 && config.layers === 1) {
    throw mismatch('incompatible-parts', {
      where: WHERE,
      expected: 'no dropout with one layer over float frames',
      received: config.dropout,
      hint: 'It acts on embeddings and between layers, and here is neither: leave it out, or add layers.',
    });
  }
  const { units, layers, bidirectional } = config;
  const reader = addSourceReader(parameters, WHERE, wiring, config);
  const cell = recurrentCell(config);
  const stack = addRecurrentParameters(
    parameters,
    { cell, inputSize: reader.size, units, layers, bidirectional },
    random,
  );
  const width = units * (bidirectional ? 2 : 1);
  const stateShape: StateShape = { layers, units: width, cell: CELLS[cell].hasCellState };

  const forward = (
    input: Tensor,
    mask: Tensor2D,
    { training = false, lengths }: EncodeOptions = {},
  ): Context => {
    parameters.checkAlive();
    checkSource(WHERE, source, input, mask, lengths);
    const tokens = lengths === undefined ? undefined : realTokens(lengths, mask.shape[1]);
    const rate = training ? config.dropout : 0;
    return tidyTensors(() => {
      const whole = reader.read(tokens === undefined ? input : gatherTokens(input, tokens));
      const read = source.kind === 'frames' ? whole : dropout(whole, rate, random);
      const { output, states } = recurrentLayers(stack, cell, {
        project: ({ inputWeight, inputBias }) => linear(read, inputWeight, inputBias),
        tokens,
        mask,
        between: (below) => dropout(below, rate, random),
      });
      const summary = states[layers - 1]?.h as Tensor2D;
      return { memory: output, mask: clone(mask), summary, state: states };
    });
  };

  return {
    memorySize: width,
    summarySize: width,
    stateShape,
    forward,
  };
}

import { clone, expandDims, mul, reshape } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { tidyTensors } from '../core/containers.js';
import { readOptions } from '../core/options.js';
import { buildBlock, uniformInitializer, type ParameterSet } from '../core/parameters.js';
import type { ForwardOptions, Unowned } from '../contracts/block.js';
import type { Context } from '../contracts/context.js';
import type { Encoder, EncoderSpec, EncoderWiring } from '../contracts/encoder.js';
import { addLinear } from '../modules/linear.js';
import { dropout } from '../ops/dropoutMask.js';
import { addEmbedding } from '../modules/embedding.js';
import { embeddingLookup } from '../ops/embeddingLookup.js';
import { maskedMean } from '../ops/maskedPooling.js';
import { addPositions, checkPositions } from '../modules/positions.js';
import {
  checkHeads,
  transformerTable,
  type TransformerConfig,
  type TransformerOptions,
} from '../modules/transformerOptions.js';
import { addNorm, type Drop } from '../modules/transformerParts.js';
import { addEncoderLayer } from './addEncoderLayer.js';
import { checkSource } from './checkSource.js';

const WHERE = 'transformerEncoder';

/**
 * A transformer encoder (Vaswani et al. 2017, §3), for tokens or float frames.
 *
 * Tokens are embedded, times √width; frames are projected. Positions are added; a learned table is scaled
 * like the embeddings. Then come the layers and, as in `nn.Transformer`, a last layer normalisation, also
 * where `norm` is `'post'`. The memory is `[batch, time, width]`, 0 at padding. The summary is its mean over
 * the real positions. There is no recurrent state. Padding is never attended, so that it changes nothing.
 *
 * Parameters, as PyTorch names them:
 *
 * - `embedding.weight`, N(0, 1/width); for frames `input_projection.weight` and `.bias`
 * - `positions.weight` (where learned), N(0, 1/width)
 * - `layers.0.self_attn.in_proj_weight`, `layers.0.linear1.weight`, `layers.0.norm1.weight`, …:
 *   Xavier-uniform as in `nn.Transformer`
 * - `norm.weight`, `norm.bias`
 *
 * @throws `invalid-option` for a wrong option, such as heads that do not divide the width; `invalid-input`
 * from `forward` for a source longer than the learned positions
 * @example
 * ```ts
 * import { createRandom, transformerEncoder } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const encoder = transformerEncoder({ width: 8, heads: 2, layers: 1 }).build({
 *   source: { kind: 'tokens', vocabSize: 20, padId: 0 },
 *   random: createRandom(1),
 * });
 * const { memory } = encoder.forward(tensor2d([[1, 7, 2]], undefined, 'int32'), ones([1, 3]));
 * console.log(memory.shape); // [1, 3, 8]
 * ```
 */
export function transformerEncoder(options: TransformerOptions): EncoderSpec {
  const config = readOptions(WHERE, options, transformerTable(options));
  checkHeads(WHERE, config);
  checkPositions(WHERE, config);
  return {
    role: 'encoder',
    kind: WHERE,
    config,
    maxPositions: config.maxLength,
    build: (wiring) => buildBlock(WHERE, wiring, (parameters) => build(parameters, config, wiring)),
  };
}

function build(
  parameters: ParameterSet,
  config: TransformerConfig,
  { source, random }: EncoderWiring,
): Unowned<Encoder> {
  const { width } = config;
  const deviation = 1 / Math.sqrt(width);
  const scale = Math.sqrt(width);
  const read = ((): ((input: Tensor) => Tensor3D) => {
    if (source.kind === 'tokens') {
      const embedding = addEmbedding(parameters, source.vocabSize, width, random, deviation);
      return (ids) => mul(embeddingLookup(embedding, ids) as Tensor3D, scale);
    }
    const start = uniformInitializer(random, 1 / Math.sqrt(source.features));
    return addLinear(parameters, 'input_projection', [width, source.features], start) as (
      frames: Tensor,
    ) => Tensor3D;
  })();
  const positions = addPositions(parameters, {
    where: WHERE,
    kind: config.positions,
    width,
    maxLength: config.maxLength ?? 0,
    deviation,
    scale,
    random,
  });
  const layers = Array.from({ length: config.layers }, (_, layer) =>
    addEncoderLayer(parameters, `layers.${layer}.`, config, random, WHERE),
  );
  const norm = addNorm(parameters, 'norm', width);

  const forward = (input: Tensor, mask: Tensor2D, { training = false }: ForwardOptions = {}): Context => {
    parameters.checkAlive();
    checkSource(WHERE, source, input, mask);
    const rate = training ? config.dropout : 0;
    const drop: Drop = (x) => dropout(x, rate, random);
    return tidyTensors(() => {
      const allowed = reshape(mask, [mask.shape[0], 1, 1, mask.shape[1]]);
      const embedded = drop(positions.addTo(read(input)));
      const top = layers.reduce((x, layer) => layer(x, allowed, drop), embedded);
      const memory = mul(norm(top), expandDims(mask, 2)) as Tensor3D;
      return { memory, mask: clone(mask), summary: maskedMean(memory, mask), state: null };
    });
  };

  return {
    memorySize: width,
    summarySize: width,
    stateShape: null,
    forward,
  };
}

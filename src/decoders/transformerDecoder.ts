import { clone, expandDims, mean, mul, reshape, squeeze } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { tidyTensors } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import { boolean, readOptions } from '../core/options.js';
import { buildBlock, uniformInitializer, type ParameterSet } from '../core/parameters.js';
import type { Batch } from '../contracts/batch.js';
import type { ForwardOptions, Unowned } from '../contracts/block.js';
import type { Context } from '../contracts/context.js';
import type { Decoder, DecoderSpec, DecoderStart, DecoderWiring, Forcing } from '../contracts/decoder.js';
import { causalMask } from '../ops/causalMask.js';
import { checkMemory } from '../modules/checkMemory.js';
import { dropout } from '../ops/dropoutMask.js';
import { addEmbedding } from '../modules/embedding.js';
import { embeddingLookup } from '../ops/embeddingLookup.js';
import { linear } from '../ops/linear.js';
import type { HeadMemory } from '../modules/multiHead.js';
import { addPositions, checkPositions } from '../modules/positions.js';
import { gatherTokens, realTokens } from '../ops/realTokens.js';
import {
  checkHeads,
  transformerTable,
  type TransformerConfig,
  type TransformerOptions,
} from '../modules/transformerOptions.js';
import { addNorm, type Drop } from '../modules/transformerParts.js';
import { addDecoderLayer } from './transformer/layer.js';
import { activeRows } from './activeRows.js';
import { checkTarget } from './checkTarget.js';
import { scheduledSampling } from './scheduledSampling.js';
import { mostProbable } from './targetAdapter.js';

/** Options of {@link transformerDecoder}. */
export interface TransformerDecoderOptions extends TransformerOptions {
  /** Whether the output projection's matrix is the embedding's (Press & Wolf 2017). Default false. */
  readonly tieEmbeddings?: boolean;
}

/** Keys and values of every position so far, a layer; `null` before the first token. */
export type TransformerDecoderState = { readonly layers: readonly HeadMemory[] | null };

/** Projected keys and values of the source, a layer, and the source's mask. */
export type TransformerDecoderConstants = { readonly cross: readonly HeadMemory[]; readonly mask: Tensor2D };

const WHERE = 'transformerDecoder';
const keep: Drop = (x) => x;

/**
 * A transformer decoder (Vaswani et al. 2017, §3): causal self-attention, attention over the memory, feed-forward.
 *
 * It is trained in one pass under a causal mask. Generation keeps the keys and values of what was decoded, so that a step
 * costs one token, not the prefix; those of the source are projected once. Where a model's own predictions are fed in
 * training, they are chosen first, step by step, without gradient and dropout (two passes: Mihaylova & Martins 2019).
 * It reads the memory alone: it has no recurrent state, leaves the summary aside, and brings its own attention, whose
 * weights in the last layer (the mean of its heads) are what a step returns.
 *
 * Parameters, as PyTorch names them: `embedding.weight` N(0, 1/width), times √width in use; `positions.weight` where
 * learned; `layers.0.self_attn.in_proj_weight`, `layers.0.multihead_attn.…`, `layers.0.linear1.weight`,
 * `layers.0.norm1.weight` …, Xavier-uniform as in `nn.Transformer`; `norm.weight`, `norm.bias`; `fc_out.weight` (unless
 * tied), `fc_out.bias`.
 *
 * @throws `invalid-option` for a wrong option, such as heads that do not divide the width; `incompatible-parts` from
 * `build` for a target of frames or a second attention; `invalid-input` past the last learned position
 * @example
 * ```ts
 * import { createRandom, transformerDecoder } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor1d, zeros } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const decoder = transformerDecoder({ width: 8, heads: 2, layers: 1 }).build({
 *   target: { kind: 'tokens', vocabSize: 20, padId: 0 },
 *   memorySize: 6,
 *   summarySize: 6,
 *   attention: null,
 *   random: createRandom(1),
 * });
 * const { state, constants } = decoder.start({
 *   memory: ones([1, 3, 6]),
 *   mask: ones([1, 3]),
 *   summary: zeros([1, 6]),
 *   state: null,
 * });
 * const { logits } = decoder.step(tensor1d([1], 'int32'), state, 0, constants);
 * console.log(logits.shape); // [1, 20]
 * ```
 */
export function transformerDecoder(options: TransformerDecoderOptions): DecoderSpec {
  const config = readOptions(WHERE, options, {
    ...transformerTable(options),
    tieEmbeddings: [boolean, false],
  });
  checkHeads(WHERE, config);
  checkPositions(WHERE, config);
  return {
    role: 'decoder',
    kind: WHERE,
    config,
    stateShape: null,
    reads: ['memory'],
    build: (wiring) => buildBlock(WHERE, wiring, (parameters) => build(parameters, config, wiring)),
  };
}

function build(
  parameters: ParameterSet,
  config: TransformerConfig & { readonly tieEmbeddings: boolean },
  { target, memorySize, attention, random }: DecoderWiring,
): Unowned<Decoder<TransformerDecoderState, TransformerDecoderConstants>> {
  if (target.kind !== 'tokens') {
    throw mismatch('incompatible-parts', {
      where: WHERE,
      expected: 'a target of tokens',
      received: target.kind,
      hint: 'Use recurrentDecoder to write frames.',
    });
  }
  if (attention !== null) {
    throw mismatch('incompatible-parts', {
      where: WHERE,
      expected: 'no attention besides its own',
      received: attention.spec.kind,
      hint: 'Leave the attention out, or use recurrentDecoder.',
    });
  }
  const { width } = config;
  const deviation = 1 / Math.sqrt(width);
  const scale = Math.sqrt(width);
  const embedding = addEmbedding(parameters, target.vocabSize, width, random, deviation);
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
    addDecoderLayer(parameters, `layers.${layer}.`, { ...config, memorySize }, random, WHERE),
  );
  const norm = addNorm(parameters, 'norm', width);
  const uniform = uniformInitializer(random, deviation);
  const weight = config.tieEmbeddings
    ? embedding
    : parameters.add<Variable & Tensor2D>('fc_out.weight', [target.vocabSize, width], uniform);
  const bias = parameters.add<Variable & Tensor1D>('fc_out.bias', [target.vocabSize], uniform);

  const logits = (features: Tensor2D): Tensor2D => linear(features, weight, bias);

  /** Runs new positions through all layers: a whole target, or one token after a state. */
  const run = (
    ids: Tensor2D,
    { layers: past }: TransformerDecoderState,
    { cross, mask }: TransformerDecoderConstants,
    { first, selfMask, drop }: { first: number; selfMask: Tensor | null; drop: Drop },
  ): { top: Tensor3D; state: TransformerDecoderState; weights: Tensor4D } => {
    const crossMask = reshape(mask, [mask.shape[0], 1, 1, mask.shape[1]]);
    const embedded = mul(embeddingLookup(embedding, ids), scale) as Tensor3D;
    let x: Tensor3D = drop(positions.addTo(embedded, first));
    let weights: Tensor4D | null = null;
    const next = layers.map((layer, i) => {
      const inputs = { x, past: past?.[i] ?? null, selfMask, cross: cross[i] as HeadMemory, crossMask, drop };
      const after = layer.run(inputs);
      ({ x, weights } = after);
      return after.past;
    });
    return { top: x, state: { layers: next }, weights: weights as unknown as Tensor4D };
  };

  /** The position after one more token a row. */
  const advance = (
    tokens: Tensor1D,
    state: TransformerDecoderState,
    position: number,
    constants: TransformerDecoderConstants,
  ): { features: () => Tensor2D; state: TransformerDecoderState; weights: Tensor4D } => {
    const { top, ...rest } = run(expandDims(tokens, 1), state, constants, {
      first: position,
      selfMask: null, // everything so far comes before this token
      drop: keep,
    });
    return { ...rest, features: () => squeeze<Tensor2D>(norm(top), [1]) };
  };

  const start = (context: Context): DecoderStart<TransformerDecoderState, TransformerDecoderConstants> => {
    parameters.checkAlive();
    checkMemory(WHERE, context.memory, context.mask, memorySize);
    return tidyTensors(() => ({
      state: { layers: null },
      constants: { cross: layers.map((layer) => layer.prepare(context.memory)), mask: clone(context.mask) },
    }));
  };

  const features = (
    batch: Batch,
    context: Context,
    teacherForcingMask: Forcing,
    { training = false }: ForwardOptions = {},
  ): Tensor2D => {
    checkTarget(WHERE, target, batch, context);
    const reference = batch.targetInput as Tensor2D;
    const rate = training ? config.dropout : 0;
    return tidyTensors(() => {
      const started = start(context);
      const { state, constants } = started;
      const active = activeRows(batch.targetLengths, reference.shape[1]);
      const ids = scheduledSampling(reference, teacherForcingMask, active, started, (tokens, ...before) => {
        const after = advance(tokens, ...before);
        return { predict: () => mostProbable(logits(after.features())), state: after.state };
      });
      const [rows, time] = ids.shape;
      const { top } = run(ids, state, constants, {
        first: 0,
        selfMask: mul(causalMask(time), reshape(batch.targetMask, [rows, 1, 1, time])),
        drop: (x) => dropout(x, rate, random),
      });
      const tokens = realTokens(batch.targetLengths, time);
      return norm(gatherTokens<Tensor2D>(top, tokens));
    });
  };

  return {
    featureSize: width,
    start,
    step: (tokens: Tensor1D, state, position, constants) =>
      tidyTensors(() => {
        parameters.checkAlive();
        const after = advance(tokens, state, position, constants);
        const attention = squeeze<Tensor2D>(mean(after.weights, 1), [1]); // [rows, sourceTime]
        return { logits: logits(after.features()), state: after.state, attention };
      }),
    features,
    logits: (values) => tidyTensors(() => logits(values)),
    projection: () => ({ weight, bias }),
  };
}

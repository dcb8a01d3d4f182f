import { clone, expandDims, mul, reshape, squeeze } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import type { Context } from '../../contracts/context.js';
import type { DecoderStart } from '../../contracts/decoder.js';
import type { ParameterSet } from '../../core/parameters.js';
import type { Random } from '../../core/random.js';
import { addEmbedding } from '../../modules/embedding.js';
import type { HeadMemory } from '../../modules/multiHead.js';
import { addPositions } from '../../modules/positions.js';
import type { TransformerConfig } from '../../modules/transformerOptions.js';
import { addNorm, type Drop, type Norm } from '../../modules/transformerParts.js';
import { embeddingLookup } from '../../ops/embeddingLookup.js';
import { addDecoderLayer } from './layer.js';

/** Keys and values of every position so far, a layer; `null` before the first token. */
export type TransformerDecoderState = { readonly layers: readonly HeadMemory[] | null };

/** Projected keys and values of the source, a layer, and the source's mask. */
export type TransformerDecoderConstants = { readonly cross: readonly HeadMemory[]; readonly mask: Tensor2D };

/** What a {@link DecoderStack} makes of new positions. */
export interface Decoded {
  /** The last layer's output before its normalisation, `[batch, time, width]`. */
  readonly top: Tensor3D;
  readonly state: TransformerDecoderState;
  /** The last layer's weights over the source, `[batch, heads, time, sourceTime]`. */
  readonly weights: Tensor4D;
}

/** A transformer decoder but for its output projection. */
export interface DecoderStack {
  readonly embedding: Variable & Tensor2D;
  /** The layer normalisation after the last layer. */
  readonly norm: Norm;
  /** What stands before the first token. */
  start(context: Context): DecoderStart<TransformerDecoderState, TransformerDecoderConstants>;
  /**
   * Runs new positions through all layers: a whole target, or what follows a state.
   *
   * @param ids `[batch, time]`
   * @param how `first` is the place of the first new position. `selfMask` says which positions may be
   * attended, `null` for all
   */
  run(
    ids: Tensor2D,
    state: TransformerDecoderState,
    constants: TransformerDecoderConstants,
    how: { readonly first: number; readonly selfMask: Tensor | null; readonly drop: Drop },
  ): Decoded;
  /** {@link run} for one more token a row, at `position`, without dropout. */
  advance(
    tokens: Tensor1D,
    state: TransformerDecoderState,
    position: number,
    constants: TransformerDecoderConstants,
  ): Decoded;
  /** The features of the one position that {@link advance} gave, `[batch, width]`. */
  features(decoded: Decoded): Tensor2D;
}

const keep: Drop = (x) => x;

/** Adds the parameters of {@link DecoderStack}. @param where the public function, for messages */
export function addDecoderStack(
  parameters: ParameterSet,
  config: TransformerConfig,
  { vocabSize, memorySize, random }: { vocabSize: number; memorySize: number; random: Random },
  where: string,
): DecoderStack {
  const { width } = config;
  const deviation = 1 / Math.sqrt(width);
  const scale = Math.sqrt(width);
  const embedding = addEmbedding(parameters, vocabSize, width, random, deviation);
  const positions = addPositions(parameters, {
    where,
    kind: config.positions,
    width,
    maxLength: config.maxLength ?? 0,
    deviation,
    scale,
    random,
  });
  const layers = Array.from({ length: config.layers }, (_, layer) =>
    addDecoderLayer(parameters, `layers.${layer}.`, { ...config, memorySize }, random, where),
  );
  const norm = addNorm(parameters, 'norm', width);

  const run: DecoderStack['run'] = (ids, { layers: past }, { cross, mask }, { first, selfMask, drop }) => {
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

  return {
    embedding,
    norm,
    start: ({ memory, mask }) => ({
      state: { layers: null },
      constants: { cross: layers.map((layer) => layer.prepare(memory)), mask: clone(mask) },
    }),
    run,
    // Everything so far comes before the new token, so that all of it may be attended.
    advance: (tokens, state, position, constants) =>
      run(expandDims(tokens, 1), state, constants, { first: position, selfMask: null, drop: keep }),
    features: ({ top }) => squeeze<Tensor2D>(norm(top), [1]),
  };
}

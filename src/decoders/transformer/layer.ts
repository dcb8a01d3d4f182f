import { concat, type Tensor, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';
import type { ParameterSet } from '../../core/parameters.js';
import type { Random } from '../../core/random.js';
import { addMultiHeadParameters, multiHead, type HeadMemory } from '../../modules/multiHead.js';
import type { TransformerLayerConfig } from '../../modules/transformerOptions.js';
import { addFeedForward, addResidual, type Drop } from '../../modules/transformerParts.js';

/** What one run of a {@link DecoderLayer} reads. */
export interface DecoderLayerInputs {
  /** The new positions, `[batch, time, width]`. */
  readonly x: Tensor3D;
  /** Keys and values of the positions before them; `null` at the start. */
  readonly past: HeadMemory | null;
  /**
   * What may be attended among past and new positions; `null` allows all. It broadcasts against
   * `[batch, heads, time, all]`.
   */
  readonly selfMask: Tensor | null;
  /** Projected keys and values of the source. */
  readonly cross: HeadMemory;
  /** `[batch, 1, 1, sourceTime]` */
  readonly crossMask: Tensor;
  readonly drop: Drop;
}

/** One decoder layer: self-attention over what was decoded, attention over the source, feed-forward. */
export interface DecoderLayer {
  /** Keys and values of the source: once a sentence. */
  prepare(memory: Tensor3D): HeadMemory;
  /**
   * @returns `x` `[batch, time, width]`, `past` with the new positions, and the `weights` over the source a
   * head
   */
  run(inputs: DecoderLayerInputs): { x: Tensor3D; past: HeadMemory; weights: Tensor4D };
}

/** Adds the parameters of one `nn.TransformerDecoderLayer` under `prefix`. */
export function addDecoderLayer(
  parameters: ParameterSet,
  prefix: string,
  config: TransformerLayerConfig & { readonly memorySize: number },
  random: Random,
  where: string,
): DecoderLayer {
  const { width, heads, memorySize } = config;
  const start = { where, width, heads, outputStart: 'xavier', random } as const;
  const self = multiHead(addMultiHeadParameters(parameters, `${prefix}self_attn.`, start), heads);
  const source = multiHead(
    addMultiHeadParameters(parameters, `${prefix}multihead_attn.`, { ...start, memorySize }),
    heads,
  );
  const feedForward = addFeedForward(parameters, prefix, config, random);
  const aroundSelf = addResidual(parameters, `${prefix}norm1`, config);
  const aroundSource = addResidual(parameters, `${prefix}norm2`, config);
  const aroundFeedForward = addResidual(parameters, `${prefix}norm3`, config);

  return {
    prepare: (memory) => source.projectMemory(memory),
    run({ x, past, selfMask, cross, crossMask, drop }) {
      const { queries, ...added } = self.projectSelf(aroundSelf.before(x));
      const decoded = append(past, added);
      const own = self.attend(queries, decoded, selfMask, drop);
      const aware = aroundSelf.after(x, drop(own.context));

      const seen = source.attend(source.projectQueries(aroundSource.before(aware)), cross, crossMask, drop);
      const informed = aroundSource.after(aware, drop(seen.context));

      const fed = feedForward(aroundFeedForward.before(informed), drop);
      return { x: aroundFeedForward.after(informed, drop(fed)), past: decoded, weights: seen.weights };
    },
  };
}

function append(past: HeadMemory | null, { keys, values }: HeadMemory): HeadMemory {
  if (past === null) return { keys, values };
  return { keys: concat([past.keys, keys], 2), values: concat([past.values, values], 2) };
}

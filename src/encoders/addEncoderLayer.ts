import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core';
import type { ParameterSet } from '../core/parameters.js';
import type { Random } from '../core/random.js';
import { addMultiHeadParameters, multiHead } from '../modules/multiHead.js';
import type { TransformerLayerConfig } from '../modules/transformerOptions.js';
import { addFeedForward, addResidual, type Drop } from '../modules/transformerParts.js';

/**
 * One encoder layer: self-attention, then feed-forward.
 *
 * @param x `[batch, time, width]`
 * @param allowed `[batch, 1, 1, time]`, 1 = may be attended
 */
export type EncoderLayer = (x: Tensor3D, allowed: Tensor, drop: Drop) => Tensor3D;

/** Adds the parameters of one `nn.TransformerEncoderLayer` under `prefix`. */
export function addEncoderLayer(
  parameters: ParameterSet,
  prefix: string,
  config: TransformerLayerConfig,
  random: Random,
  where: string,
): EncoderLayer {
  const { width, heads } = config;
  const attentionWeights = addMultiHeadParameters(parameters, `${prefix}self_attn.`, {
    where,
    width,
    heads,
    outputStart: 'xavier',
    random,
  });
  const attention = multiHead(attentionWeights, heads);
  const feedForward = addFeedForward(parameters, prefix, config, random);
  const aroundAttention = addResidual(parameters, `${prefix}norm1`, config);
  const aroundFeedForward = addResidual(parameters, `${prefix}norm2`, config);

  return (x, allowed, drop) => {
    const { queries, ...memory } = attention.projectSelf(aroundAttention.before(x));
    const { context } = attention.attend(queries, memory, allowed, drop);
    const attended = aroundAttention.after(x, drop(context));
    const fed = feedForward(aroundFeedForward.before(attended), drop);
    return aroundFeedForward.after(attended, drop(fed));
  };
}

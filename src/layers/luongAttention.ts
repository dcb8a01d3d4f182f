import { luongDefinition, type LuongAttentionOptions } from '../attention/luongAttention.js';
import { AttentionLayer, type AttentionLayerArgs } from './attentionLayer.js';

/** Options of {@link LuongAttention}. */
export interface LuongAttentionArgs extends AttentionLayerArgs, LuongAttentionOptions {}

/**
 * Multiplicative attention (Luong et al. 2015, eq. 8) as a tfjs-layers layer: `dot` is `qᵀm`, `general` is
 * `qᵀ W m`, `concat` is `vᵀ tanh(W [q; m])`.
 *
 * Inputs: `query` `[batch, queries, querySize]`, `memory` `[batch, sourceTime, memorySize]`, and `memoryMask`
 * `[batch, sourceTime]`, 1 = may be attended (default: everything).
 *
 * Output: the context `[batch, queries, memorySize]`. With `returnWeights` also the weights
 * `[batch, queries, sourceTime]`, exactly 0 where masked. Masks of tfjs-layers are neither used nor passed
 * on.
 *
 * Weights: `attn.weight` (`general`, `concat`), `attn.bias`, `v.weight` (`concat`).
 *
 * @throws `invalid-option`, `invalid-shape`, `invalid-input`; `incompatible-parts` if `dot` meets two widths
 * @example
 * ```ts
 * import { LuongAttention } from 'tfjs-seq2seq/layers';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, type Tensor } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const layer = new LuongAttention({ score: 'general' });
 * const context = layer.apply([ones([1, 2, 4]), ones([1, 3, 6])]) as Tensor;
 * console.log(context.shape); // [1, 2, 6]
 * ```
 */
export class LuongAttention extends AttentionLayer<LuongAttentionOptions> {
  /** Its name in a saved tfjs-layers model. */
  static get className(): string {
    return 'Seq2SeqLuongAttention';
  }

  constructor(args: LuongAttentionArgs = {}) {
    super('LuongAttention', args, ['score', 'units', 'bias'], luongDefinition);
  }
}

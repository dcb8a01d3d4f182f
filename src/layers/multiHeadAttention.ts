import { multiHeadDefinition, type MultiHeadAttentionOptions } from '../attention/multiHeadAttention.js';
import { AttentionLayer, type AttentionLayerArgs } from './attentionLayer.js';

/** Options of {@link MultiHeadAttention}. */
export interface MultiHeadAttentionArgs extends AttentionLayerArgs, MultiHeadAttentionOptions {}

/**
 * Multi-head attention (Vaswani et al. 2017, §3.2.2) as a tfjs-layers layer: `nn.MultiheadAttention` with
 * `embed_dim` = the query's width and `kdim` = `vdim` = the memory's. It trains on every backend.
 *
 * Inputs: `query` `[batch, queries, querySize]`, `memory` `[batch, sourceTime, memorySize]`, and `memoryMask`
 * `[batch, sourceTime]`, 1 = may be attended (default: everything).
 *
 * Output: the context `[batch, queries, querySize]`. With `returnWeights` also the mean of the heads'
 * weights, `[batch, queries, sourceTime]`, exactly 0 where masked. Masks of tfjs-layers are neither used nor
 * passed on.
 *
 * Weights: `in_proj_weight` (or `q_proj_weight`, `k_proj_weight`, `v_proj_weight` where the widths differ),
 * `in_proj_bias`, `out_proj.weight`, `out_proj.bias`.
 *
 * @throws `invalid-option`, `invalid-shape`, `invalid-input`; `incompatible-parts` if the heads do not divide
 * the width
 * @example
 * ```ts
 * import { MultiHeadAttention } from 'tfjs-seq2seq/layers';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, type Tensor } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const layer = new MultiHeadAttention({ heads: 2 });
 * const context = layer.apply([ones([1, 2, 4]), ones([1, 3, 6])]) as Tensor;
 * console.log(context.shape); // [1, 2, 4]
 * ```
 */
export class MultiHeadAttention extends AttentionLayer<MultiHeadAttentionOptions> {
  /** Its name in a saved tfjs-layers model. */
  static get className(): string {
    return 'Seq2SeqMultiHeadAttention';
  }

  constructor(args: MultiHeadAttentionArgs = {}) {
    super('MultiHeadAttention', args, ['heads', 'dropout'], multiHeadDefinition);
  }
}

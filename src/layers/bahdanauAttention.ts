import { bahdanauDefinition, type BahdanauAttentionOptions } from '../attention/bahdanauAttention.js';
import { AttentionLayer, type AttentionLayerArgs } from './attentionLayer.js';

/** Options of {@link BahdanauAttention}. */
export interface BahdanauAttentionArgs extends AttentionLayerArgs, BahdanauAttentionOptions {}

/**
 * Additive attention (Bahdanau et al. 2015, appendix A.1.2) as a tfjs-layers layer:
 * `score = vᵀ tanh(W_q query + W_k key)`.
 *
 * Inputs: `query` `[batch, queries, querySize]`, `memory` `[batch, sourceTime, memorySize]`, and `memoryMask`
 * `[batch, sourceTime]`, 1 = may be attended (default: everything).
 *
 * Output: the context `[batch, queries, memorySize]`. With `returnWeights` also the weights
 * `[batch, queries, sourceTime]`, exactly 0 where masked. Masks of tfjs-layers are neither used nor passed
 * on.
 *
 * Weights: `query_layer.weight` (and `query_layer.bias`), `key_layer.weight`, `energy_layer.weight`, as
 * `nn.Linear` has them.
 *
 * @throws `invalid-option`, `invalid-shape`, `invalid-input`
 * @example
 * ```ts
 * import { BahdanauAttention } from 'tfjs-seq2seq/layers';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { input, model } from '@tensorflow/tfjs-layers';
 * import { ones, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const query = input({ shape: [null, 4] });
 * const memory = input({ shape: [null, 6] });
 * const mask = input({ shape: [null] });
 * const context = new BahdanauAttention({ units: 8 }).apply([query, memory, mask]);
 * const net = model({ inputs: [query, memory, mask], outputs: context as typeof query });
 * const result = net.predict([ones([1, 2, 4]), ones([1, 3, 6]), tensor2d([[1, 1, 0]])]) as Tensor;
 * console.log(result.shape); // [1, 2, 6]
 * ```
 */
export class BahdanauAttention extends AttentionLayer<BahdanauAttentionOptions> {
  /** Its name in a saved tfjs-layers model. */
  static get className(): string {
    return 'Seq2SeqBahdanauAttention';
  }

  constructor(args: BahdanauAttentionArgs = {}) {
    super('BahdanauAttention', args, ['units', 'bias'], bahdanauDefinition);
  }
}

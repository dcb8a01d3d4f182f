import { scaledDotProductDefinition } from '../attention/scaledDotProductAttention.js';
import { AttentionLayer, type AttentionLayerArgs } from './attentionLayer.js';

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1) as a tfjs-layers layer without weights of its
 * own: `score = qᵀm / √querySize`.
 *
 * Inputs: `query` `[batch, queries, size]`, `memory` `[batch, sourceTime, size]`, and `memoryMask`
 * `[batch, sourceTime]`, 1 = may be attended (default: everything).
 *
 * Output: the context `[batch, queries, size]`. With `returnWeights` also the weights
 * `[batch, queries, sourceTime]`, exactly 0 where masked. Masks of tfjs-layers are neither used nor passed
 * on.
 *
 * @throws `invalid-option`, `invalid-shape`, `invalid-input`; `incompatible-parts` if the widths differ
 * @example
 * ```ts
 * import { ScaledDotProductAttention } from 'tfjs-seq2seq/layers';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const layer = new ScaledDotProductAttention({ returnWeights: true });
 * const [, weights] = layer.apply([ones([1, 1, 4]), ones([1, 3, 4]), tensor2d([[1, 1, 0]])]) as Tensor[];
 * console.log(weights?.arraySync()); // [[[0.5, 0.5, 0]]]
 * ```
 */
export class ScaledDotProductAttention extends AttentionLayer {
  /** Its name in a saved tfjs-layers model. */
  static get className(): string {
    return 'Seq2SeqScaledDotProductAttention';
  }

  constructor(args: AttentionLayerArgs = {}) {
    super('ScaledDotProductAttention', args, [], scaledDotProductDefinition);
  }
}

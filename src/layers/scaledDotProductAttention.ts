import { matMul, mul, type Tensor3D } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { attentionContext } from '../ops/attentionContext.js';
import { AttentionLayer, type AttentionInputs, type AttentionLayerArgs } from './attentionLayer.js';

/**
 * Scaled dot-product attention (Vaswani et al. 2017, eq. 1) as a tfjs-layers layer without weights of its own:
 * `score = qᵀm / √querySize`.
 *
 * Inputs: `query` `[batch, queries, size]`, `memory` `[batch, sourceTime, size]`, and `memoryMask` `[batch, sourceTime]`,
 * 1 = may be attended (default: everything). Output: the context `[batch, queries, size]`; with `returnWeights` also the
 * weights `[batch, queries, sourceTime]`, exactly 0 where masked. Masks of tfjs-layers are neither used nor passed on.
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
    super('ScaledDotProductAttention', args, []);
  }

  protected contextSize(querySize: number, memorySize: number): number {
    if (querySize === memorySize) return memorySize;
    throw mismatch('incompatible-parts', {
      where: this.where,
      expected: `a memory as wide as the query (${querySize})`,
      received: memorySize,
      hint: 'Use MultiHeadAttention, which projects both.',
    });
  }

  protected addParameters(): void {
    this.contextSize(this.querySize, this.memorySize);
  }

  protected attend({ queries, memory, mask }: AttentionInputs): { context: Tensor3D; weights: Tensor3D } {
    const scores = matMul(mul(queries, 1 / Math.sqrt(this.querySize)), memory, false, true) as Tensor3D;
    return attentionContext(scores, mask, memory);
  }
}

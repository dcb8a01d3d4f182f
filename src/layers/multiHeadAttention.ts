import { mean, reshape, type Tensor3D } from '@tensorflow/tfjs-core';
import { finiteNumber, positiveInteger } from '../core/options.js';
import { dropout } from '../ops/dropoutMask.js';
import { multiHead, type MultiHead, addMultiHeadParameters } from '../modules/multiHead.js';
import { AttentionLayer, type AttentionInputs, type AttentionLayerArgs } from './attentionLayer.js';

/** Options of {@link MultiHeadAttention}. */
export interface MultiHeadAttentionArgs extends AttentionLayerArgs {
  /** How many heads share the query's width, which they must divide. Default 4. */
  readonly heads?: number;
  /** Probability that a weight is dropped in training, in [0, 1). Default 0. */
  readonly dropout?: number;
}

/**
 * Multi-head attention (Vaswani et al. 2017, §3.2.2) as a tfjs-layers layer: `nn.MultiheadAttention` with `embed_dim` = the
 * query's width and `kdim` = `vdim` = the memory's. It trains on every backend.
 *
 * Inputs: `query` `[batch, queries, querySize]`, `memory` `[batch, sourceTime, memorySize]`, and `memoryMask`
 * `[batch, sourceTime]`, 1 = may be attended (default: everything). Output: the context `[batch, queries, querySize]`;
 * with `returnWeights` also the mean of the heads' weights, `[batch, queries, sourceTime]`, exactly 0 where masked. Masks
 * of tfjs-layers are neither used nor passed on. Weights: `in_proj_weight` (or `q_proj_weight`, `k_proj_weight`,
 * `v_proj_weight` where the widths differ), `in_proj_bias`, `out_proj.weight`, `out_proj.bias`.
 *
 * @throws `invalid-option`, `invalid-shape`, `invalid-input`; `incompatible-parts` if the heads do not divide the width
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
export class MultiHeadAttention extends AttentionLayer {
  /** Its name in a saved tfjs-layers model. */
  static get className(): string {
    return 'Seq2SeqMultiHeadAttention';
  }

  private readonly heads: number;
  private readonly rate: number;
  private attention: MultiHead | null = null;

  constructor(args: MultiHeadAttentionArgs = {}) {
    super('MultiHeadAttention', args, ['heads', 'dropout']);
    this.heads = positiveInteger(this.where, 'heads', args.heads ?? 4);
    this.rate = finiteNumber({ min: 0, below: 1 })(this.where, 'dropout', args.dropout ?? 0);
  }

  protected contextSize(querySize: number): number {
    return querySize;
  }

  protected addParameters(): void {
    const { where, querySize: width, memorySize, heads, random } = this;
    const options = { where, width, memorySize, heads, outputStart: 'linear', random } as const;
    this.attention = multiHead(addMultiHeadParameters(this.parameters, '', options), heads);
  }

  protected attend(
    { queries, memory, mask }: AttentionInputs,
    training: boolean,
  ): { context: Tensor3D; weights: Tensor3D } {
    const attention = this.attention as MultiHead;
    const [batch, time] = mask.shape;
    const { context, weights } = attention.attend(
      attention.projectQueries(queries),
      attention.projectMemory(memory),
      reshape(mask, [batch, 1, 1, time]),
      (kept) => dropout(kept, training ? this.rate : 0, this.random),
    );
    return { context, weights: mean(weights, 1) as Tensor3D };
  }

  protected override options(): Record<string, boolean | number | string> {
    return { ...super.options(), heads: this.heads, dropout: this.rate };
  }
}

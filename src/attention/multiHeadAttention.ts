import {
  clone,
  mean,
  reshape,
  tidy,
  type Rank,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import type { Attention, AttentionResult, AttentionSpec, AttentionWiring } from '../contracts/attention.js';
import type { BlockSpec, ForwardOptions } from '../contracts/block.js';
import { finiteNumber, positiveInteger, readOptions } from '../core/options.js';
import { checkMemory, checkQueries } from '../modules/checkMemory.js';
import { addMultiHeadParameters, multiHead } from '../modules/multiHead.js';
import { dropout } from '../ops/dropoutMask.js';
import { attentionSpec, type AttentionDefinition } from './attentionDefinition.js';

/** Options of {@link multiHeadAttention}. */
export interface MultiHeadAttentionOptions {
  /** How many heads share the query's width, which they must divide. Default 4. */
  readonly heads?: number;
  /** Probability that a weight is dropped in training, in [0, 1). Default 0. */
  readonly dropout?: number;
}

/** What {@link multiHeadAttention} keeps of a memory: keys and values of every head, and the mask. */
export type MultiHeadMemory = { readonly keys: Tensor4D; readonly values: Tensor4D; readonly mask: Tensor };

/** {@link AttentionResult} with the weights of each head as well. */
export interface MultiHeadAttentionResult extends AttentionResult {
  /** `[batch, heads, queries, sourceTime]` */
  readonly headWeights: Tensor4D;
}

/**
 * An attention that also takes a mask for each query and separate values, and gives the weights of each head.
 */
export interface MultiHeadAttention extends Attention {
  /**
   * Projects keys and values, once a sentence.
   *
   * @param memory what the keys are made of, `[batch, sourceTime, memorySize]`
   * @param mask `[batch, sourceTime]`, or `[batch, queries, sourceTime]` (such as a causal one)
   * @param valueMemory what the values are made of, of the same shape. Default: `memory`
   */
  prepare(memory: Tensor3D, mask: Tensor<Rank.R2 | Rank.R3>, valueMemory?: Tensor3D): MultiHeadMemory;
  /** As {@link Attention.attend}, with the weights of each head. */
  attend(queries: Tensor3D, prepared: MultiHeadMemory, options?: ForwardOptions): MultiHeadAttentionResult;
}

/**
 * Multi-head attention (Vaswani et al. 2017, §3.2.2): `nn.MultiheadAttention` with `embed_dim` = the query's
 * width and `kdim` = `vdim` = the memory's.
 *
 * The context has the query's width. `attend` also returns `headWeights`, of which `weights` is the mean.
 * Parameters, with PyTorch's names and initialisation: `in_proj_weight` `[3 * querySize, querySize]` (or
 * `q_proj_weight`, `k_proj_weight`, `v_proj_weight` where the memory's width differs), `in_proj_bias`,
 * `out_proj.weight`, `out_proj.bias`.
 *
 * @throws `invalid-option` for a wrong option. `build` throws `incompatible-parts` if the heads do not divide
 * the width. `prepare` and `attend` throw `invalid-shape` for sizes that disagree. `prepare` throws
 * `invalid-input` for a fully masked row, on backends that the CPU can read.
 * @example
 * ```ts
 * import { createRandom, multiHeadAttention } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const wiring = { querySize: 4, memorySize: 6, random: createRandom(1) };
 * const attention = multiHeadAttention({ heads: 2 }).build(wiring);
 * const prepared = attention.prepare(ones([1, 3, 6]), tensor2d([[1, 1, 0]]));
 * const { context, headWeights } = attention.attend(ones([1, 1, 4]), prepared);
 * console.log(context.shape, headWeights.shape); // [1, 1, 4] [1, 2, 1, 3]
 * ```
 */
export function multiHeadAttention(
  options: MultiHeadAttentionOptions = {},
): BlockSpec<'attention', AttentionWiring, MultiHeadAttention> & AttentionSpec {
  return attentionSpec('multiHeadAttention', options, multiHeadDefinition);
}

/** What the block and the layer of this attention share. */
export function multiHeadDefinition(
  where: string,
  options: MultiHeadAttentionOptions,
): AttentionDefinition<MultiHeadAttention> {
  const config = readOptions(where, options, {
    heads: [positiveInteger, 4],
    dropout: [finiteNumber({ min: 0, below: 1 }), 0],
  });
  const { heads, dropout: rate } = config;
  return {
    config,
    contextSize: ({ querySize }) => querySize,
    build({ querySize, memorySize, random }, weights) {
      const layout = { where, width: querySize, memorySize, heads, outputStart: 'linear', random } as const;
      const attention = multiHead(addMultiHeadParameters(weights, '', layout), heads);
      return {
        contextSize: querySize,
        prepare(memory, mask, valueMemory = memory) {
          weights.checkAlive();
          checkMemory(where, memory, mask, memorySize, true);
          if (valueMemory !== memory) checkMemory(where, valueMemory, mask, memorySize, true);
          return { ...tidy(() => attention.projectMemory(memory, valueMemory)), mask: clone(mask) };
        },
        attend(queries, { keys, values, mask }, { training = false } = {}) {
          weights.checkAlive();
          checkQueries(where, queries, keys.shape[0], querySize);
          const [batch, , time] = keys.shape;
          return tidy(() => {
            const allowed = reshape(mask, [batch, 1, mask.rank === 2 ? 1 : queries.shape[1], time]);
            const { context, weights: headWeights } = attention.attend(
              attention.projectQueries(queries),
              { keys, values },
              allowed,
              (kept) => dropout(kept, training ? rate : 0, random),
            );
            return { context, weights: mean(headWeights, 1) as Tensor3D, headWeights };
          });
        },
      };
    },
  };
}

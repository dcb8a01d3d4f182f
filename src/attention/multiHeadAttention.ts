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
import { checkOptionNames, finiteNumber, positiveInteger } from '../core/options.js';
import { createParameters } from '../core/parameters.js';
import { dropout } from '../ops/dropoutMask.js';
import { addMultiHeadParameters, multiHead } from '../modules/multiHead.js';
import { checkMemory, checkQueries } from '../modules/checkMemory.js';

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

/** An attention that also takes a mask a query and separate values, and also gives the weights of each head. */
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
 * Multi-head attention (Vaswani et al. 2017, §3.2.2), as `nn.MultiheadAttention` with `embed_dim` = the query's width and
 * `kdim` = `vdim` = the memory's.
 *
 * The context has the query's width. Parameters, with PyTorch's names and initialisation: `in_proj_weight`
 * `[3 * querySize, querySize]` (or `q_proj_weight`, `k_proj_weight`, `v_proj_weight` where the memory's width differs),
 * `in_proj_bias`, `out_proj.weight`, `out_proj.bias`. `attend` also returns `headWeights`, of which `weights` is the mean.
 *
 * @throws `invalid-option` for a wrong option; `incompatible-parts` from `build` if the heads do not divide the width;
 * `prepare` and `attend` throw `invalid-shape` for sizes that disagree, and `prepare` `invalid-input` for a fully masked
 * row, on backends that the CPU can read
 * @example
 * ```ts
 * import { createRandom, multiHeadAttention } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const attention = multiHeadAttention({ heads: 2 }).build({ querySize: 4, memorySize: 6, random: createRandom(1) });
 * const prepared = attention.prepare(ones([1, 3, 6]), tensor2d([[1, 1, 0]]));
 * const { context, headWeights } = attention.attend(ones([1, 1, 4]), prepared);
 * console.log(context.shape, headWeights.shape); // [1, 1, 4] [1, 2, 1, 3]
 * ```
 */
export function multiHeadAttention(
  options: MultiHeadAttentionOptions = {},
): BlockSpec<'attention', AttentionWiring, MultiHeadAttention> & AttentionSpec {
  checkOptionNames('multiHeadAttention', options, ['heads', 'dropout']);
  const heads = positiveInteger('multiHeadAttention', 'heads', options.heads ?? 4);
  const dropout = finiteNumber({ min: 0, below: 1 })('multiHeadAttention', 'dropout', options.dropout ?? 0);
  return {
    role: 'attention',
    kind: 'multiHeadAttention',
    config: { heads, dropout },
    build: (wiring) => build(heads, dropout, wiring),
  };
}

function build(heads: number, rate: number, wiring: AttentionWiring): MultiHeadAttention {
  const where = 'multiHeadAttention';
  const { querySize, memorySize, random } = wiring;
  const parameters = createParameters(where, wiring);
  const weights = addMultiHeadParameters(parameters, '', {
    where,
    width: querySize,
    memorySize,
    heads,
    outputStart: 'linear',
    random,
  });
  const attention = multiHead(weights, heads);

  return {
    contextSize: querySize,
    parameters: parameters.all,
    dispose: parameters.dispose,
    prepare(memory, mask, valueMemory = memory) {
      parameters.all();
      checkMemory(where, memory, mask, memorySize, true);
      if (valueMemory !== memory) checkMemory(where, valueMemory, mask, memorySize, true);
      return { ...tidy(() => attention.projectMemory(memory, valueMemory)), mask: clone(mask) };
    },
    attend(queries, { keys, values, mask }, { training = false } = {}) {
      parameters.all();
      checkQueries(where, queries, keys.shape[0], querySize);
      const [batch, , time] = keys.shape;
      return tidy(() => {
        const allowed = reshape(mask, [batch, 1, mask.rank === 2 ? 1 : queries.shape[1], time]);
        const { context, weights: headWeights } = attention.attend(
          attention.projectQueries(queries),
          { keys, values },
          allowed,
          (weights) => dropout(weights, training ? rate : 0, random),
        );
        return { context, weights: mean(headWeights, 1) as Tensor3D, headWeights };
      });
    },
  };
}

import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { TensorContainer } from '../core/containers.js';
import type { Block, BlockSpec, BlockWiring, ForwardOptions } from './block.js';

/** What follows from an attention's neighbours. */
export interface AttentionWiring extends BlockWiring {
  /** Width of the queries: the decoder’s `units`. */
  readonly querySize: number;
  /** Width of the encoder’s memory. */
  readonly memorySize: number;
}

/** What an attention computes once a sentence: keys, values and mask, batch first. */
export type PreparedMemory = { readonly [name: string]: TensorContainer };

/** Looks at a memory with queries. */
export interface Attention<M extends PreparedMemory = PreparedMemory> extends Block {
  /** Width of the context vectors. */
  readonly contextSize: number;
  /**
   * The part that does not depend on the query: projected keys (and values) and the mask.
   *
   * @param memory `[batch, sourceTime, memorySize]`
   * @param mask `[batch, sourceTime]` float32, 1 = may be attended
   * @returns tensors that the caller owns
   */
  prepare(memory: Tensor3D, mask: Tensor2D): M;
  /**
   * One context vector a query.
   *
   * @param queries `[batch, queries, querySize]`
   * @param options `training` turns the attention's own dropout on, where it has any
   * @returns `context` `[batch, queries, contextSize]` and `weights` `[batch, queries, sourceTime]`. Weights
   * sum to 1 over the allowed positions and are exactly 0 elsewhere. With several heads they are the mean
   */
  attend(queries: Tensor3D, prepared: M, options?: ForwardOptions): AttentionResult;
}

/** What {@link Attention.attend} returns; the caller owns both tensors. */
export interface AttentionResult {
  /** One weighted sum of the memory’s values a query, `[batch, queries, contextSize]`. */
  readonly context: Tensor3D;
  /** `[batch, queries, sourceTime]`; they sum to 1 over the allowed positions. */
  readonly weights: Tensor3D;
}

/** An attention that is described but not yet built. */
export interface AttentionSpec extends BlockSpec<'attention', AttentionWiring, Attention> {
  /** Where it stands in a recurrent decoder unless the user says otherwise. Default `'after-cell'`. */
  readonly order?: 'before-cell' | 'after-cell';
}

import { clone, tidy, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Attention, AttentionWiring } from '../contracts/attention.js';
import { tidyTensors } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import { checkMemory, checkQueries } from '../modules/checkMemory.js';
import { attentionContext } from '../ops/attentionContext.js';
import type { AttentionDefinition, AttentionSizes, AttentionWeights } from './attentionDefinition.js';

/** How queries are compared with a memory. Both functions run inside `tf.tidy`. */
export interface Score<K extends Tensor3D | null> {
  /**
   * What does not depend on the query, so that it is computed once a sentence.
   *
   * @returns `[batch, sourceTime, size]`, or `null` where the memory itself is compared
   */
  keys(memory: Tensor3D): K;
  /**
   * One number for each query and position.
   *
   * @param keys the memory where there are none
   * @returns `[batch, queries, sourceTime]`
   */
  scores(queries: Tensor3D, keys: Tensor3D): Tensor3D;
}

/** What {@link scoredAttention} needs to know. */
export interface ScoredAttentionParts<K extends Tensor3D | null> extends Pick<
  AttentionDefinition,
  'config' | 'order'
> {
  /** As {@link AttentionDefinition.contextSize}. Default: the memory's width, whatever the query's. */
  contextSize?(sizes: AttentionSizes): number;
  /** Adds the weights of the score. */
  buildScore(wiring: AttentionWiring, weights: AttentionWeights): Score<K>;
}

/** What a scored attention keeps of a memory: `keys`, with the memory and the mask. */
export type ScoredMemory<K extends Tensor3D | null> = {
  readonly keys: K;
  readonly memory: Tensor3D;
  readonly mask: Tensor2D;
};

/** An attention whose context is the mean of the memory, weighted by the softmax of a score. */
export function scoredAttention<K extends Tensor3D | null>(
  where: string,
  { contextSize = ({ memorySize }) => memorySize, buildScore, ...parts }: ScoredAttentionParts<K>,
): AttentionDefinition<Attention<ScoredMemory<K>>> {
  return {
    ...parts,
    contextSize,
    build(wiring, weights) {
      const { querySize, memorySize } = wiring;
      const size = contextSize(wiring);
      const score = buildScore(wiring, weights);
      return {
        contextSize: size,
        prepare(memory, mask) {
          weights.checkAlive();
          checkMemory(where, memory, mask, memorySize);
          return { keys: tidyTensors(() => score.keys(memory)), memory: clone(memory), mask: clone(mask) };
        },
        attend(queries, { keys, memory, mask }) {
          weights.checkAlive();
          checkQueries(where, queries, memory.shape[0], querySize);
          return tidy(() => attentionContext(score.scores(queries, keys ?? memory), mask, memory));
        },
      };
    },
  };
}

/**
 * The one width of query and memory, for scores that multiply the two.
 *
 * @throws `incompatible-parts` if they differ
 */
export function equalSize(where: string, { querySize, memorySize }: AttentionSizes, hint: string): number {
  if (querySize === memorySize) return memorySize;
  throw mismatch('incompatible-parts', {
    where,
    expected: `a memory as wide as the query (${querySize})`,
    received: memorySize,
    hint,
  });
}

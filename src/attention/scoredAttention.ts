import { clone, tidy, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Attention, AttentionWiring } from '../contracts/attention.js';
import { tidyTensors } from '../core/containers.js';
import type { ParameterSet } from '../core/parameters.js';
import { checkMemory, checkQueries } from '../modules/checkMemory.js';
import { attentionContext } from '../ops/attentionContext.js';

/** A score of one number a query and position, split into what is computed once a sentence and what at every query. */
export interface Scorer<K extends Tensor3D | null> {
  /** `[batch, sourceTime, size]`, or `null` where the memory itself is compared. Runs inside `tf.tidy`. */
  keys(memory: Tensor3D): K;
  /** `[batch, queries, sourceTime]`; `keys` is the memory where there are none. */
  scores(queries: Tensor3D, keys: Tensor3D): Tensor3D;
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
  { querySize, memorySize }: AttentionWiring,
  parameters: ParameterSet,
  scorer: Scorer<K>,
): Attention<ScoredMemory<K>> {
  return {
    contextSize: memorySize,
    parameters: parameters.all,
    dispose: parameters.dispose,
    prepare(memory, mask) {
      parameters.all();
      checkMemory(where, memory, mask, memorySize);
      return { keys: tidyTensors(() => scorer.keys(memory)), memory: clone(memory), mask: clone(mask) };
    },
    attend(queries, { keys, memory, mask }) {
      parameters.all();
      checkQueries(where, queries, memory.shape[0], querySize);
      return tidy(() => attentionContext(scorer.scores(queries, keys ?? memory), mask, memory));
    },
  };
}

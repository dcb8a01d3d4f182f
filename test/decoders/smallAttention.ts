import { expandDims, matMul, mul, slice, softmax, sub, sum } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { AttentionResult, AttentionSpec } from '../../src/contracts/attention.js';
import { constantInitializer, createParameters } from '../../src/core/parameters.js';

/**
 * The smallest attention that looks at its query. The score of a position is the sum of the query, times the
 * first number of the memory there, times a learnt scale. The context is the weighted mean of the memory.
 */
export function smallAttention(): AttentionSpec {
  return {
    role: 'attention',
    kind: 'smallAttention',
    config: {},
    build({ memorySize }) {
      const parameters = createParameters('smallAttention');
      const scale = parameters.add('scale', [1], constantInitializer(1.5));
      return {
        contextSize: memorySize,
        prepare: (memory, mask) => ({ memory: mul(memory, 1), mask: mul(mask, 1) }),
        attend(queries, prepared): AttentionResult {
          const { memory, mask } = prepared as { memory: Tensor3D; mask: Tensor2D };
          const key = slice(memory, [0, 0, 0], [-1, -1, 1]); // [batch, sourceTime, 1]
          // [batch, queries, sourceTime]
          const scores: Tensor = mul(mul(sum(queries, 2, true), scale), sum(expandDims(key, 1), 3));
          const banned = mul(sub(1, expandDims(mask, 1)), -1e9);
          const weights = softmax(sub(scores, mul(banned, -1))) as Tensor3D;
          return { context: matMul(weights, memory), weights };
        },
        parameters: parameters.all,
        dispose: parameters.dispose,
      };
    },
  };
}

import { clone, matMul, mul, tidy, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Attention, AttentionSpec, AttentionWiring } from '../contracts/attention.js';
import { mismatch } from '../core/errors.js';
import { checkOptionNames } from '../core/options.js';
import { createParameters } from '../core/parameters.js';
import { weightedMemory } from '../ops/weightedMemory.js';
import { checkMemory, checkQueries } from '../ops/checkMemory.js';

/** What {@link scaledDotProductAttention} keeps of a memory: the memory and the mask. */
export type ScaledDotProductMemory = { readonly memory: Tensor3D; readonly mask: Tensor2D };

/**
 * Scaled dot-product attention without weights of its own (Vaswani et al. 2017, eq. 1): `score = qᵀm / √querySize`.
 *
 * The context has the memory's width, which must be the query's.
 *
 * @throws `invalid-option` for any option; `incompatible-parts` from `build` if the widths differ; `prepare` and `attend`
 * throw `invalid-shape` for sizes that disagree, and `prepare` `invalid-input` for a fully masked row, on backends that
 * the CPU can read
 * @example
 * ```ts
 * import { createRandom, scaledDotProductAttention } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const attention = scaledDotProductAttention().build({ querySize: 4, memorySize: 4, random: createRandom(1) });
 * const prepared = attention.prepare(ones([1, 3, 4]), tensor2d([[1, 1, 0]]));
 * const { weights } = attention.attend(ones([1, 1, 4]), prepared);
 * console.log(weights.arraySync()); // [[[0.5, 0.5, 0]]]
 * ```
 */
export function scaledDotProductAttention(options: Record<string, never> = {}): AttentionSpec {
  checkOptionNames('scaledDotProductAttention', options, []);
  return {
    role: 'attention',
    kind: 'scaledDotProductAttention',
    config: {},
    build: (wiring) => build(wiring),
  };
}

function build({ querySize, memorySize }: AttentionWiring): Attention<ScaledDotProductMemory> {
  if (querySize !== memorySize) {
    throw mismatch('incompatible-parts', {
      where: 'scaledDotProductAttention',
      expected: `a memory as wide as the query (${querySize})`,
      received: memorySize,
      hint: 'Use multiHeadAttention, which projects both, or choose units so that encoder and decoder agree.',
    });
  }
  const parameters = createParameters('scaledDotProductAttention');
  return {
    contextSize: memorySize,
    parameters: parameters.all,
    dispose: parameters.dispose,
    prepare(memory, mask) {
      parameters.all();
      checkMemory('scaledDotProductAttention', memory, mask, memorySize);
      return { memory: clone(memory), mask: clone(mask) };
    },
    attend(queries, { memory, mask }) {
      parameters.all();
      checkQueries('scaledDotProductAttention', queries, memory.shape[0], querySize);
      return tidy(() => {
        const scores = matMul(mul(queries, 1 / Math.sqrt(querySize)), memory, false, true) as Tensor3D;
        return weightedMemory(scores, mask, memory);
      });
    },
  };
}

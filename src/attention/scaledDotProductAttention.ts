import { matMul, mul, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Attention, AttentionSpec, AttentionWiring } from '../contracts/attention.js';
import { mismatch } from '../core/errors.js';
import { checkOptionNames } from '../core/options.js';
import { createParameters } from '../core/parameters.js';
import { scoredAttention } from './scoredAttention.js';

/** What {@link scaledDotProductAttention} keeps of a memory: the memory, which is compared itself, and the mask. */
export type ScaledDotProductMemory = {
  readonly keys: null;
  readonly memory: Tensor3D;
  readonly mask: Tensor2D;
};

const WHERE = 'scaledDotProductAttention';

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
  checkOptionNames(WHERE, options, []);
  return {
    role: 'attention',
    kind: WHERE,
    config: {},
    build,
  };
}

function build(wiring: AttentionWiring): Attention<ScaledDotProductMemory> {
  const { querySize, memorySize } = wiring;
  if (querySize !== memorySize) {
    throw mismatch('incompatible-parts', {
      where: WHERE,
      expected: `a memory as wide as the query (${querySize})`,
      received: memorySize,
      hint: 'Use multiHeadAttention, which projects both, or choose units so that encoder and decoder agree.',
    });
  }
  return scoredAttention(WHERE, wiring, createParameters(WHERE, wiring), {
    keys: () => null,
    scores: (queries, memory) => matMul(mul(queries, 1 / Math.sqrt(querySize)), memory, false, true),
  });
}

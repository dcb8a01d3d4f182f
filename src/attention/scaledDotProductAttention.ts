import { matMul, mul, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { Attention, AttentionSpec } from '../contracts/attention.js';
import { readOptions } from '../core/options.js';
import { attentionSpec, type AttentionDefinition } from './attentionDefinition.js';
import { equalSize, scoredAttention } from './scoredAttention.js';

/**
 * What {@link scaledDotProductAttention} keeps of a memory: the memory, which is compared itself, and the
 * mask.
 */
export type ScaledDotProductMemory = {
  readonly keys: null;
  readonly memory: Tensor3D;
  readonly mask: Tensor2D;
};

/**
 * Scaled dot-product attention without weights of its own (Vaswani et al. 2017, eq. 1):
 * `score = qᵀm / √querySize`.
 *
 * The context has the memory's width, which must be the query's.
 *
 * @throws `invalid-option` for any option. `build` throws `incompatible-parts` if the widths differ.
 * `prepare` and `attend` throw `invalid-shape` for sizes that disagree. `prepare` throws `invalid-input` for
 * a fully masked row, on backends that the CPU can read.
 * @example
 * ```ts
 * import { createRandom, scaledDotProductAttention } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const wiring = { querySize: 4, memorySize: 4, random: createRandom(1) };
 * const attention = scaledDotProductAttention().build(wiring);
 * const prepared = attention.prepare(ones([1, 3, 4]), tensor2d([[1, 1, 0]]));
 * const { weights } = attention.attend(ones([1, 1, 4]), prepared);
 * console.log(weights.arraySync()); // [[[0.5, 0.5, 0]]]
 * ```
 */
export function scaledDotProductAttention(options: Record<string, never> = {}): AttentionSpec {
  return attentionSpec('scaledDotProductAttention', options, scaledDotProductDefinition);
}

/** What the block and the layer of this attention share. */
export function scaledDotProductDefinition(
  where: string,
  options: object,
): AttentionDefinition<Attention<ScaledDotProductMemory>> {
  readOptions(where, options, {});
  const hint =
    'Use multiHeadAttention, which projects both, or choose units so that encoder and decoder agree.';
  return scoredAttention(where, {
    config: {},
    contextSize: (sizes) => equalSize(where, sizes, hint),
    buildScore: ({ querySize }) => ({
      keys: () => null,
      scores: (queries, memory) => matMul(mul(queries, 1 / Math.sqrt(querySize)), memory, false, true),
    }),
  });
}

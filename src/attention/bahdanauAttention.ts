import type { Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import type { Attention, AttentionSpec } from '../contracts/attention.js';
import { boolean, positiveInteger, readOptions } from '../core/options.js';
import { uniformInitializer } from '../core/parameters.js';
import { additiveScores } from '../ops/additiveScores.js';
import { linear } from '../ops/linear.js';
import { attentionSpec, type AttentionDefinition } from './attentionDefinition.js';
import { scoredAttention } from './scoredAttention.js';

/** Options of {@link bahdanauAttention}. */
export interface BahdanauAttentionOptions {
  /** Width of the hidden layer that compares query and key. Default: the query's width. */
  readonly units?: number;
  /** Whether the query's projection has a bias; the paper's has none. Default false. */
  readonly bias?: boolean;
}

/**
 * What {@link bahdanauAttention} keeps of a memory: `keys` `[batch, sourceTime, units]`, the memory and the
 * mask.
 */
export type BahdanauMemory = { readonly keys: Tensor3D; readonly memory: Tensor3D; readonly mask: Tensor2D };

/**
 * Additive attention (Bahdanau et al. 2015, eq. 5–6 and appendix A.1.2):
 * `score = vᵀ tanh(W_q query + W_k key)`.
 *
 * The context has the memory's width. Parameters, laid out as the weights of `nn.Linear` and drawn from
 * U(±1/√inputs): `query_layer.weight` `[units, querySize]` (and `query_layer.bias`), `key_layer.weight`
 * `[units, memorySize]`, `energy_layer.weight` `[1, units]`.
 *
 * @throws `invalid-option` for a wrong option. `prepare` and `attend` throw `invalid-shape` for sizes that
 * disagree. `prepare` throws `invalid-input` for a fully masked row, on backends that the CPU can read.
 * @example
 * ```ts
 * import { bahdanauAttention, createRandom } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const wiring = { querySize: 4, memorySize: 6, random: createRandom(1) };
 * const attention = bahdanauAttention({ units: 8 }).build(wiring);
 * const prepared = attention.prepare(ones([1, 3, 6]), tensor2d([[1, 1, 0]])); // once a sentence
 * const { context, weights } = attention.attend(ones([1, 2, 4]), prepared); // at every step
 * console.log(context.shape, weights.arraySync()); // [1, 2, 6] [[[0.5, 0.5, 0], [0.5, 0.5, 0]]]
 * ```
 */
export function bahdanauAttention(options: BahdanauAttentionOptions = {}): AttentionSpec {
  return attentionSpec('bahdanauAttention', options, bahdanauDefinition);
}

/** What the block and the layer of this attention share. */
export function bahdanauDefinition(
  where: string,
  options: BahdanauAttentionOptions,
): AttentionDefinition<Attention<BahdanauMemory>> {
  const config = readOptions(where, options, {
    units: [positiveInteger, undefined],
    bias: [boolean, false],
  });
  return scoredAttention(where, {
    config,
    order: 'before-cell',
    buildScore({ querySize, memorySize, random }, weights) {
      const { units = querySize, bias } = config;
      const draw = (inputs: number): (() => number) => uniformInitializer(random, 1 / Math.sqrt(inputs));
      const weight = (name: string, shape: [number, number]): Variable & Tensor2D =>
        weights.add(name, shape, draw(shape[1]));
      const queryWeight = weight('query_layer.weight', [units, querySize]);
      const queryBias = bias
        ? weights.add<Variable & Tensor1D>('query_layer.bias', [units], draw(querySize))
        : null;
      const keyWeight = weight('key_layer.weight', [units, memorySize]);
      const energy = weight('energy_layer.weight', [1, units]);
      return {
        keys: (memory) => linear(memory, keyWeight),
        scores: (queries, keys) => additiveScores(linear(queries, queryWeight, queryBias), keys, energy),
      };
    },
  });
}

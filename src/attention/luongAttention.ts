import {
  matMul,
  slice,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Variable,
} from '@tensorflow/tfjs-core';
import type { Attention, AttentionSpec, AttentionWiring } from '../contracts/attention.js';
import { mismatch } from '../core/errors.js';
import { boolean, oneOf, positiveInteger, readOptions } from '../core/options.js';
import { uniformInitializer } from '../core/parameters.js';
import { additiveScores } from '../ops/additiveScores.js';
import { linear } from '../ops/linear.js';
import { attentionSpec, type AttentionDefinition, type AttentionWeights } from './attentionDefinition.js';
import { equalSize, scoredAttention, type Score } from './scoredAttention.js';

/** The three scores of Luong et al. 2015, §3.1. */
export type LuongScore = 'dot' | 'general' | 'concat';

/** Options of {@link luongAttention}. */
export interface LuongAttentionOptions {
  /** How query and memory are compared. Default `'general'`. */
  readonly score?: LuongScore;
  /** Width of the hidden layer of `'concat'`, the only score that has one. Default: the query's width. */
  readonly units?: number;
  /** Whether the hidden layer of `'concat'` has a bias; the paper's has none. Default false. */
  readonly bias?: boolean;
}

/** What {@link luongAttention} keeps of a memory: projected `keys` (`dot`: none), the memory and the mask. */
export type LuongMemory = {
  readonly keys: Tensor3D | null;
  readonly memory: Tensor3D;
  readonly mask: Tensor2D;
};

/**
 * Multiplicative attention (Luong et al. 2015, eq. 8): `dot` is `qᵀm`, `general` is `qᵀ W m`, `concat` is
 * `vᵀ tanh(W [q; m])`.
 *
 * The context has the memory's width; `dot` needs a query as wide as the memory. Parameters, laid out as the
 * weights of `nn.Linear` and drawn from U(±1/√inputs): `attn.weight` (`general` `[querySize, memorySize]`;
 * `concat` `[units, querySize + memorySize]`), and for `concat` `v.weight` `[1, units]` and `attn.bias`
 * `[units]`.
 *
 * @throws `invalid-option` for a wrong option or one that the score has no use for. `build` throws
 * `incompatible-parts` if `dot` meets two widths. `prepare` and `attend` throw `invalid-shape` for sizes that
 * disagree. `prepare` throws `invalid-input` for a fully masked row, on backends that the CPU can read.
 * @example
 * ```ts
 * import { createRandom, luongAttention } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const wiring = { querySize: 4, memorySize: 4, random: createRandom(1) };
 * const attention = luongAttention({ score: 'dot' }).build(wiring);
 * const prepared = attention.prepare(ones([1, 3, 4]), tensor2d([[1, 1, 0]]));
 * const { weights } = attention.attend(ones([1, 1, 4]), prepared);
 * console.log(weights.arraySync()); // [[[0.5, 0.5, 0]]]
 * ```
 */
export function luongAttention(options: LuongAttentionOptions = {}): AttentionSpec {
  return attentionSpec('luongAttention', options, luongDefinition);
}

/** What the block and the layer of this attention share. */
export function luongDefinition(
  where: string,
  options: LuongAttentionOptions,
): AttentionDefinition<Attention<LuongMemory>> {
  const { score, units, bias } = readOptions(where, options, {
    score: [oneOf(['dot', 'general', 'concat']), 'general'],
    units: [positiveInteger, undefined],
    bias: [boolean, false],
  });
  if (score !== 'concat' && (units !== undefined || bias)) {
    throw mismatch('invalid-option', {
      where,
      expected: `no units and no bias with score '${score}'`,
      received: units ?? bias,
      hint: "Only score 'concat' has a hidden layer.",
    });
  }
  return scoredAttention(where, {
    config: { score, ...(units === undefined ? {} : { units }), ...(score === 'concat' ? { bias } : {}) },
    contextSize(sizes) {
      if (score !== 'dot') return sizes.memorySize;
      const hint = "Use score 'general', or choose units so that encoder and decoder agree.";
      return equalSize(`${where}({ score: 'dot' })`, sizes, hint);
    },
    buildScore(wiring, weights) {
      if (score === 'dot') return { keys: () => null, scores: dot };
      if (score === 'general') return general(wiring, weights);
      return concat(units ?? wiring.querySize, bias, wiring, weights);
    },
  });
}

function dot(queries: Tensor3D, keys: Tensor3D): Tensor3D {
  return matMul(queries, keys, false, true); // [batch, queries, sourceTime]
}

function general(
  { querySize, memorySize, random }: AttentionWiring,
  weights: AttentionWeights,
): Score<Tensor3D> {
  const draw = uniformInitializer(random, 1 / Math.sqrt(memorySize));
  const weight = weights.add<Variable & Tensor2D>('attn.weight', [querySize, memorySize], draw);
  return { keys: (memory) => linear(memory, weight), scores: dot };
}

/** `W [q; m] = W_q q + W_m m`, so that the memory's part is computed once a sentence. */
function concat(
  units: number,
  bias: boolean,
  { querySize, memorySize, random }: AttentionWiring,
  weights: AttentionWeights,
): Score<Tensor3D> {
  const inputs = querySize + memorySize;
  const draw = uniformInitializer(random, 1 / Math.sqrt(inputs));
  const weight = weights.add<Variable & Tensor2D>('attn.weight', [units, inputs], draw);
  const shift = bias ? weights.add<Variable & Tensor1D>('attn.bias', [units], draw) : null;
  const drawEnergy = uniformInitializer(random, 1 / Math.sqrt(units));
  const energy = weights.add<Variable & Tensor2D>('v.weight', [1, units], drawEnergy);
  return {
    keys: (memory) => linear(memory, slice(weight, [0, querySize], [units, memorySize]), shift),
    scores: (queries, keys) =>
      additiveScores(linear(queries, slice(weight, [0, 0], [units, querySize])), keys, energy),
  };
}

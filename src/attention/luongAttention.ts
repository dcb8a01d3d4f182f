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
import { boolean, checkOptionNames, oneOf, positiveInteger } from '../core/options.js';
import { createParameters, uniformInitializer } from '../core/parameters.js';
import { additiveScores } from '../ops/additiveScores.js';
import { linear } from '../ops/linear.js';
import { scoredAttention, type Scorer } from './scoredAttention.js';

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

/** What {@link luongAttention} keeps of a memory: projected `keys` (`dot`: none), with the memory and the mask. */
export type LuongMemory = {
  readonly keys: Tensor3D | null;
  readonly memory: Tensor3D;
  readonly mask: Tensor2D;
};

/**
 * Multiplicative attention (Luong et al. 2015, eq. 8): `dot` is `qᵀm`, `general` is `qᵀ W m`, `concat` is
 * `vᵀ tanh(W [q; m])`.
 *
 * The context has the memory's width; `dot` needs a query as wide as the memory. Parameters, as `nn.Linear` weights,
 * each U(±1/√inputs): `attn.weight` (`general` `[querySize, memorySize]`; `concat` `[units, querySize + memorySize]`),
 * and for `concat` `v.weight` `[1, units]` and `attn.bias` `[units]`.
 *
 * @throws `invalid-option` for a wrong option or one that the score has no use for; `incompatible-parts` from `build` if
 * `dot` meets two widths; `prepare` and `attend` throw `invalid-shape` for sizes that disagree, and `prepare`
 * `invalid-input` for a fully masked row, on backends that the CPU can read
 * @example
 * ```ts
 * import { createRandom, luongAttention } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const attention = luongAttention({ score: 'dot' }).build({ querySize: 4, memorySize: 4, random: createRandom(1) });
 * const prepared = attention.prepare(ones([1, 3, 4]), tensor2d([[1, 1, 0]]));
 * const { weights } = attention.attend(ones([1, 1, 4]), prepared);
 * console.log(weights.arraySync()); // [[[0.5, 0.5, 0]]]
 * ```
 */
export function luongAttention(options: LuongAttentionOptions = {}): AttentionSpec {
  checkOptionNames('luongAttention', options, ['score', 'units', 'bias']);
  const score = oneOf(['dot', 'general', 'concat'])('luongAttention', 'score', options.score ?? 'general');
  const units =
    options.units === undefined ? null : positiveInteger('luongAttention', 'units', options.units);
  const bias = boolean('luongAttention', 'bias', options.bias ?? false);
  if (score !== 'concat' && (units !== null || bias)) {
    throw mismatch('invalid-option', {
      where: 'luongAttention',
      expected: `no units and no bias with score '${score}'`,
      received: units ?? bias,
      hint: "Only score 'concat' has a hidden layer.",
    });
  }
  const config = { score, ...(units === null ? {} : { units }), ...(score === 'concat' ? { bias } : {}) };
  return {
    role: 'attention',
    kind: 'luongAttention',
    config,
    build: (wiring) => build(score, units ?? wiring.querySize, bias, wiring),
  };
}

function build(
  score: LuongScore,
  units: number,
  bias: boolean,
  wiring: AttentionWiring,
): Attention<LuongMemory> {
  const { querySize, memorySize, random } = wiring;
  const parameters = createParameters('luongAttention', wiring);
  const add = <V extends Variable>(name: string, shape: number[], inputs: number): V =>
    parameters.add<V>(name, shape, uniformInitializer(random, 1 / Math.sqrt(inputs)));

  const scorers: Record<LuongScore, () => Scorer<Tensor3D | null>> = {
    dot: () => {
      if (querySize !== memorySize) {
        throw mismatch('incompatible-parts', {
          where: "luongAttention({ score: 'dot' })",
          expected: `a memory as wide as the query (${querySize})`,
          received: memorySize,
          hint: "Use score 'general', or choose units so that encoder and decoder agree.",
        });
      }
      return { keys: () => null, scores: dot };
    },
    general: () => {
      const weight = add<Variable & Tensor2D>('attn.weight', [querySize, memorySize], memorySize);
      return { keys: (memory) => linear(memory, weight), scores: dot };
    },
    concat: () => {
      const inputs = querySize + memorySize;
      const weight = add<Variable & Tensor2D>('attn.weight', [units, inputs], inputs);
      const shift = bias ? add<Variable & Tensor1D>('attn.bias', [units], inputs) : null;
      const energy = add<Variable & Tensor2D>('v.weight', [1, units], units);
      // W [q; m] = W_q q + W_m m, so that the memory's part is computed once a sentence.
      return {
        keys: (memory) => linear(memory, slice(weight, [0, querySize], [units, memorySize]), shift),
        scores: (queries, keys) =>
          additiveScores(linear(queries, slice(weight, [0, 0], [units, querySize])), keys, energy),
      };
    },
  };
  return scoredAttention('luongAttention', wiring, parameters, scorers[score]());
}

function dot(queries: Tensor3D, keys: Tensor3D): Tensor3D {
  return matMul(queries, keys, false, true); // [batch, queries, sourceTime]
}

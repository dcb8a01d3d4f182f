import type { Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import type { Attention, AttentionSpec, AttentionWiring } from '../contracts/attention.js';
import { boolean, checkOptionNames, positiveInteger } from '../core/options.js';
import { createParameters, uniformInitializer } from '../core/parameters.js';
import { additiveScores } from '../ops/additiveScores.js';
import { linear } from '../ops/linear.js';
import { scoredAttention } from './scoredAttention.js';

/** Options of {@link bahdanauAttention}. */
export interface BahdanauAttentionOptions {
  /** Width of the hidden layer that compares query and key. Default: the query's width. */
  readonly units?: number;
  /** Whether the query's projection has a bias; the paper's has none. Default false. */
  readonly bias?: boolean;
}

/** What {@link bahdanauAttention} keeps of a memory: `keys` `[batch, sourceTime, units]`, with the memory and the mask. */
export type BahdanauMemory = { readonly keys: Tensor3D; readonly memory: Tensor3D; readonly mask: Tensor2D };

/**
 * Additive attention (Bahdanau et al. 2015, eq. 5–6 and appendix A.1.2): `score = vᵀ tanh(W_q query + W_k key)`.
 *
 * The context has the memory's width. Parameters, as `nn.Linear` weights: `query_layer.weight` `[units, querySize]` (and
 * `query_layer.bias`), `key_layer.weight` `[units, memorySize]`, `energy_layer.weight` `[1, units]`, each U(±1/√inputs).
 *
 * @throws `invalid-option` for a wrong option; `prepare` and `attend` throw `invalid-shape` for sizes that disagree, and
 * `prepare` `invalid-input` for a fully masked row, on backends that the CPU can read
 * @example
 * ```ts
 * import { bahdanauAttention, createRandom } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const attention = bahdanauAttention({ units: 8 }).build({ querySize: 4, memorySize: 6, random: createRandom(1) });
 * const prepared = attention.prepare(ones([1, 3, 6]), tensor2d([[1, 1, 0]])); // once a sentence
 * const { context, weights } = attention.attend(ones([1, 2, 4]), prepared); // at every step
 * console.log(context.shape, weights.arraySync()); // [1, 2, 6] [[[0.5, 0.5, 0], [0.5, 0.5, 0]]]
 * ```
 */
export function bahdanauAttention(options: BahdanauAttentionOptions = {}): AttentionSpec {
  checkOptionNames('bahdanauAttention', options, ['units', 'bias']);
  const units =
    options.units === undefined ? null : positiveInteger('bahdanauAttention', 'units', options.units);
  const bias = boolean('bahdanauAttention', 'bias', options.bias ?? false);
  const config = { ...(units === null ? {} : { units }), bias };
  return {
    role: 'attention',
    kind: 'bahdanauAttention',
    config,
    order: 'before-cell',
    build: (wiring) => build(units ?? wiring.querySize, bias, wiring),
  };
}

function build(units: number, bias: boolean, wiring: AttentionWiring): Attention<BahdanauMemory> {
  const { querySize, memorySize, random } = wiring;
  const parameters = createParameters('bahdanauAttention', wiring);
  const weight = (name: string, shape: [number, number]): Variable & Tensor2D =>
    parameters.add(name, shape, uniformInitializer(random, 1 / Math.sqrt(shape[1])));
  const queryWeight = weight('query_layer.weight', [units, querySize]);
  const queryBias = bias
    ? parameters.add<Variable & Tensor1D>(
        'query_layer.bias',
        [units],
        uniformInitializer(random, 1 / Math.sqrt(querySize)),
      )
    : null;
  const keyWeight = weight('key_layer.weight', [units, memorySize]);
  const energy = weight('energy_layer.weight', [1, units]);

  return scoredAttention('bahdanauAttention', wiring, parameters, {
    keys: (memory) => linear(memory, keyWeight),
    scores: (queries, keys) => additiveScores(linear(queries, queryWeight, queryBias), keys, energy),
  });
}

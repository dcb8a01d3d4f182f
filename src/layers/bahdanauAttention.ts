import type { Tensor1D, Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import { boolean, positiveInteger } from '../core/options.js';
import { uniformInitializer } from '../core/parameters.js';
import { additiveScores } from '../ops/additiveScores.js';
import { linear } from '../ops/linear.js';
import { attentionContext } from '../ops/attentionContext.js';
import { AttentionLayer, type AttentionInputs, type AttentionLayerArgs } from './attentionLayer.js';

/** Options of {@link BahdanauAttention}. */
export interface BahdanauAttentionArgs extends AttentionLayerArgs {
  /** Width of the hidden layer that compares query and key. Default: the query's width. */
  readonly units?: number;
  /** Whether the query's projection has a bias; the paper's has none. Default false. */
  readonly bias?: boolean;
}

/**
 * Additive attention (Bahdanau et al. 2015, appendix A.1.2) as a tfjs-layers layer:
 * `score = vᵀ tanh(W_q query + W_k key)`.
 *
 * Inputs: `query` `[batch, queries, querySize]`, `memory` `[batch, sourceTime, memorySize]`, and `memoryMask`
 * `[batch, sourceTime]`, 1 = may be attended (default: everything). Output: the context `[batch, queries, memorySize]`;
 * with `returnWeights` also the weights `[batch, queries, sourceTime]`, exactly 0 where masked. Masks of tfjs-layers are
 * neither used nor passed on. Weights: `query_layer.weight`, `key_layer.weight`, `energy_layer.weight`, as
 * `nn.Linear` has them.
 *
 * @throws `invalid-option`, `invalid-shape`, `invalid-input`
 * @example
 * ```ts
 * import { BahdanauAttention } from 'tfjs-seq2seq/layers';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { input, model } from '@tensorflow/tfjs-layers';
 * import { ones, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const query = input({ shape: [null, 4] });
 * const memory = input({ shape: [null, 6] });
 * const mask = input({ shape: [null] });
 * const context = new BahdanauAttention({ units: 8 }).apply([query, memory, mask]);
 * const net = model({ inputs: [query, memory, mask], outputs: context as typeof query });
 * const result = net.predict([ones([1, 2, 4]), ones([1, 3, 6]), tensor2d([[1, 1, 0]])]) as Tensor;
 * console.log(result.shape); // [1, 2, 6]
 * ```
 */
export class BahdanauAttention extends AttentionLayer {
  /** Its name in a saved tfjs-layers model. */
  static get className(): string {
    return 'Seq2SeqBahdanauAttention';
  }

  private readonly units: number | null;
  private readonly bias: boolean;
  private query: { weight: Tensor2D; bias: Tensor1D | null } | null = null;
  private key: Tensor2D | null = null;
  private energy: Tensor2D | null = null;

  constructor(args: BahdanauAttentionArgs = {}) {
    super('BahdanauAttention', args, ['units', 'bias']);
    this.units = args.units === undefined ? null : positiveInteger(this.where, 'units', args.units);
    this.bias = boolean(this.where, 'bias', args.bias ?? false);
  }

  protected contextSize(_querySize: number, memorySize: number): number {
    return memorySize;
  }

  protected addParameters(): void {
    const { parameters, random, querySize, memorySize } = this;
    const units = this.units ?? querySize;
    const start = (inputs: number): (() => number) => uniformInitializer(random, 1 / Math.sqrt(inputs));
    const matrix = (name: string, rows: number, columns: number): Variable & Tensor2D =>
      parameters.add(name, [rows, columns], start(columns));
    this.query = {
      weight: matrix('query_layer.weight', units, querySize),
      bias: this.bias
        ? parameters.add<Variable & Tensor1D>('query_layer.bias', [units], start(querySize))
        : null,
    };
    this.key = matrix('key_layer.weight', units, memorySize);
    this.energy = matrix('energy_layer.weight', 1, units);
  }

  protected attend({ queries, memory, mask }: AttentionInputs): { context: Tensor3D; weights: Tensor3D } {
    const { weight, bias } = this.query as { weight: Tensor2D; bias: Tensor1D | null };
    const keys = linear(memory, this.key as Tensor2D);
    const scores = additiveScores(linear(queries, weight, bias), keys, this.energy as Tensor2D);
    return attentionContext(scores, mask, memory);
  }

  protected override options(): Record<string, boolean | number | string> {
    return { ...super.options(), ...(this.units === null ? {} : { units: this.units }), bias: this.bias };
  }
}

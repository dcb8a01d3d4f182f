import {
  matMul,
  slice,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { boolean, oneOf, positiveInteger } from '../core/options.js';
import { uniformInitializer } from '../core/parameters.js';
import { additiveScores } from '../ops/additiveScores.js';
import { linear } from '../ops/linear.js';
import { attentionContext } from '../ops/attentionContext.js';
import { AttentionLayer, type AttentionInputs, type AttentionLayerArgs } from './attentionLayer.js';

/** Options of {@link LuongAttention}. */
export interface LuongAttentionArgs extends AttentionLayerArgs {
  /** How query and memory are compared. Default `'general'`. */
  readonly score?: 'dot' | 'general' | 'concat';
  /** Width of the hidden layer of `'concat'`, the only score that has one. Default: the query's width. */
  readonly units?: number;
  /** Whether the hidden layer of `'concat'` has a bias; the paper's has none. Default false. */
  readonly bias?: boolean;
}

/**
 * Multiplicative attention (Luong et al. 2015, eq. 8) as a tfjs-layers layer: `dot` is `qᵀm`, `general` is `qᵀ W m`,
 * `concat` is `vᵀ tanh(W [q; m])`.
 *
 * Inputs: `query` `[batch, queries, querySize]`, `memory` `[batch, sourceTime, memorySize]`, and `memoryMask`
 * `[batch, sourceTime]`, 1 = may be attended (default: everything). Output: the context `[batch, queries, memorySize]`;
 * with `returnWeights` also the weights `[batch, queries, sourceTime]`, exactly 0 where masked. Masks of tfjs-layers are
 * neither used nor passed on. Weights: `attn.weight` (`general`, `concat`), `attn.bias`, `v.weight` (`concat`).
 *
 * @throws `invalid-option`, `invalid-shape`, `invalid-input`; `incompatible-parts` if `dot` meets two widths
 * @example
 * ```ts
 * import { LuongAttention } from 'tfjs-seq2seq/layers';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, type Tensor } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const layer = new LuongAttention({ score: 'general' });
 * const context = layer.apply([ones([1, 2, 4]), ones([1, 3, 6])]) as Tensor;
 * console.log(context.shape); // [1, 2, 6]
 * ```
 */
export class LuongAttention extends AttentionLayer {
  /** Its name in a saved tfjs-layers model. */
  static get className(): string {
    return 'Seq2SeqLuongAttention';
  }

  private readonly score: 'dot' | 'general' | 'concat';
  private readonly units: number | null;
  private readonly bias: boolean;
  private weight: Tensor2D | null = null;
  private shift: Tensor1D | null = null;
  private energy: Tensor2D | null = null;

  constructor(args: LuongAttentionArgs = {}) {
    super('LuongAttention', args, ['score', 'units', 'bias']);
    this.score = oneOf(['dot', 'general', 'concat'])(this.where, 'score', args.score ?? 'general');
    this.units = args.units === undefined ? null : positiveInteger(this.where, 'units', args.units);
    this.bias = boolean(this.where, 'bias', args.bias ?? false);
    if (this.score !== 'concat' && (this.units !== null || this.bias)) {
      throw mismatch('invalid-option', {
        where: this.where,
        expected: `no units and no bias with score '${this.score}'`,
        received: this.units ?? this.bias,
        hint: "Only score 'concat' has a hidden layer.",
      });
    }
  }

  protected contextSize(querySize: number, memorySize: number): number {
    if (this.score === 'dot' && querySize !== memorySize) {
      throw mismatch('incompatible-parts', {
        where: this.where,
        expected: `a memory as wide as the query (${querySize}) with score 'dot'`,
        received: memorySize,
        hint: "Use score 'general'.",
      });
    }
    return memorySize;
  }

  protected addParameters(): void {
    const { parameters, random, querySize, memorySize } = this;
    this.contextSize(querySize, memorySize);
    const matrix = (name: string, rows: number, columns: number): Variable & Tensor2D =>
      parameters.add(name, [rows, columns], uniformInitializer(random, 1 / Math.sqrt(columns)));
    if (this.score === 'general') this.weight = matrix('attn.weight', querySize, memorySize);
    if (this.score !== 'concat') return;
    const units = this.units ?? querySize;
    const inputs = querySize + memorySize;
    this.weight = matrix('attn.weight', units, inputs);
    const start = uniformInitializer(random, 1 / Math.sqrt(inputs));
    this.shift = this.bias ? parameters.add<Variable & Tensor1D>('attn.bias', [units], start) : null;
    this.energy = matrix('v.weight', 1, units);
  }

  protected attend({ queries, memory, mask }: AttentionInputs): { context: Tensor3D; weights: Tensor3D } {
    return attentionContext(this.scores(queries, memory), mask, memory);
  }

  private scores(queries: Tensor3D, memory: Tensor3D): Tensor3D {
    const { weight, energy, shift, querySize, memorySize } = this;
    if (weight === null) return matMul(queries, memory, false, true);
    if (energy === null) return matMul(queries, linear(memory, weight), false, true);
    const units = weight.shape[0];
    const keys = linear(memory, slice(weight, [0, querySize], [units, memorySize]), shift);
    return additiveScores(linear(queries, slice(weight, [0, 0], [units, querySize])), keys, energy);
  }

  protected override options(): Record<string, boolean | number | string> {
    const units = this.units === null ? {} : { units: this.units };
    return {
      ...super.options(),
      score: this.score,
      ...units,
      ...(this.score === 'concat' ? { bias: this.bias } : {}),
    };
  }
}

import { matMul, mul, reshape, slice, softmax, split, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { constantInitializer, uniformInitializer, type ParameterSet } from '../core/parameters.js';
import type { Random } from '../core/random.js';
import { linear } from '../ops/linear.js';
import { maskedSoftmax } from '../ops/maskedSoftmax.js';

/** The weights of one `nn.MultiheadAttention`, in PyTorch's layout. */
export interface MultiHeadWeights {
  /**
   * The projections of queries, keys and values. They are stacked in one matrix `[3 * width, width]`, or are
   * three matrices `[width, inputs]`.
   */
  readonly input: Tensor2D | readonly [Tensor2D, Tensor2D, Tensor2D];
  /** `[3 * width]` */
  readonly inputBias: Tensor1D;
  /** `[width, width]` */
  readonly output: Tensor2D;
  /** `[width]` */
  readonly outputBias: Tensor1D;
}

/** What {@link addMultiHeadParameters} needs to know. */
export interface MultiHeadParametersOptions {
  /** The public function that asks, for messages. */
  readonly where: string;
  readonly width: number;
  /** Width of what keys and values are made of. Default: `width`. */
  readonly memorySize?: number;
  readonly heads: number;
  /**
   * How the output projection starts: `linear` as a linear layer (`nn.MultiheadAttention`), `xavier`
   * Xavier-uniform (`nn.Transformer`).
   */
  readonly outputStart: 'linear' | 'xavier';
  readonly random: Random;
}

/**
 * Adds the weights of multi-head attention to `parameters`, with the names and the start of
 * `nn.MultiheadAttention`: input projections are Xavier-uniform, biases are zero.
 *
 * @param prefix stands before each name, such as `self_attn.`
 * @throws `incompatible-parts` if the heads do not divide the width
 */
export function addMultiHeadParameters(
  parameters: Pick<ParameterSet, 'add'>,
  prefix: string,
  { where, width, memorySize = width, heads, outputStart, random }: MultiHeadParametersOptions,
): MultiHeadWeights {
  if (width % heads !== 0) {
    throw mismatch('incompatible-parts', {
      where,
      expected: `a number of heads that divides the width (${width})`,
      received: heads,
    });
  }
  const matrix = (name: string, out: number, size: number, bound: number): Variable & Tensor2D =>
    parameters.add(prefix + name, [out, size], uniformInitializer(random, bound));
  const zeros = (name: string, size: number): Variable & Tensor1D =>
    parameters.add(prefix + name, [size], constantInitializer(0));
  const xavier = (name: string, out: number, size: number): Variable & Tensor2D =>
    matrix(name, out, size, Math.sqrt(6 / (out + size)));

  return {
    input:
      memorySize === width
        ? xavier('in_proj_weight', 3 * width, width)
        : [
            xavier('q_proj_weight', width, width),
            xavier('k_proj_weight', width, memorySize),
            xavier('v_proj_weight', width, memorySize),
          ],
    inputBias: zeros('in_proj_bias', 3 * width),
    output:
      outputStart === 'xavier'
        ? xavier('out_proj.weight', width, width)
        : matrix('out_proj.weight', width, width, 1 / Math.sqrt(width)),
    outputBias: zeros('out_proj.bias', width),
  };
}

/** Keys and values of a memory, `[batch, heads, time, width / heads]`. */
export type HeadMemory = { readonly keys: Tensor4D; readonly values: Tensor4D };

/** Multi-head attention in parts, so that each is computed as rarely as can be. */
export interface MultiHead {
  /** `[batch, time, width]` → `[batch, heads, time, width / heads]` */
  projectQueries(queries: Tensor3D): Tensor4D;
  /** @param valueMemory what the values are made of, where that is not what the keys are made of */
  projectMemory(memory: Tensor3D, valueMemory?: Tensor3D): HeadMemory;
  /** Queries, keys and values of one sequence, in one product where the weights are stacked. */
  projectSelf(sequence: Tensor3D): HeadMemory & { readonly queries: Tensor4D };
  /**
   * @param mask 1 = may be attended; broadcasts against `[batch, heads, queries, time]`; `null` allows
   * everything
   * @param drop what is done to the weights before they are used: their dropout
   * @returns `context` `[batch, queries, width]` after the output projection, and `weights`
   * `[batch, heads, queries, time]` before `drop`
   */
  attend(
    queries: Tensor4D,
    memory: HeadMemory,
    mask: Tensor | null,
    drop?: (weights: Tensor4D) => Tensor4D,
  ): { context: Tensor3D; weights: Tensor4D };
}

/**
 * Multi-head attention (Vaswani et al. 2017, §3.2.2). Each head is scaled dot-product attention over its own
 * projection of queries, keys and values.
 *
 * @param heads must divide the width
 */
export function multiHead(weights: MultiHeadWeights, heads: number): MultiHead {
  const { input, inputBias, output, outputBias } = weights;
  const width = output.shape[0];
  const scale = 1 / Math.sqrt(width / heads);

  /** Projects onto `count` of the three parts (0 queries, 1 keys, 2 values), starting at part `first`. */
  const project = (x: Tensor3D, first: number, count: number): Tensor4D[] => {
    const bias = (part: number, parts: number): Tensor1D => slice(inputBias, [part * width], [parts * width]);
    if ('length' in input) {
      const matrices = input.slice(first, first + count);
      return matrices.map((matrix, i) => splitHeads(linear(x, matrix, bias(first + i, 1)), heads));
    }
    const rows = count === 3 ? input : slice(input, [first * width, 0], [count * width, width]);
    const product = linear(x, rows, count === 3 ? inputBias : bias(first, count));
    const parts = count === 1 ? [product] : split<Tensor3D>(product, count, -1);
    return parts.map((part) => splitHeads(part, heads));
  };

  return {
    projectQueries: (queries) => project(queries, 0, 1)[0] as Tensor4D,
    projectMemory(memory, valueMemory = memory) {
      const [keys, values] =
        memory === valueMemory
          ? project(memory, 1, 2)
          : [...project(memory, 1, 1), ...project(valueMemory, 2, 1)];
      return { keys: keys as Tensor4D, values: values as Tensor4D };
    },
    projectSelf(sequence) {
      const [queries, keys, values] = project(sequence, 0, 3) as [Tensor4D, Tensor4D, Tensor4D];
      return { queries, keys, values };
    },
    attend(queries, { keys, values }, mask, drop = (weights) => weights) {
      const scores = matMul(mul(queries, scale), keys, false, true) as Tensor4D;
      const weights = mask === null ? softmax(scores) : maskedSoftmax(scores, mask);
      const context = mergeHeads(matMul(drop(weights), values) as Tensor4D);
      return { context: linear(context, output, outputBias), weights };
    },
  };
}

function splitHeads(x: Tensor3D, heads: number): Tensor4D {
  const [batch, time, width] = x.shape;
  if (time === 1) return reshape(x, [batch, heads, 1, width / heads]);
  return transpose(reshape(x, [batch, time, heads, width / heads]), [0, 2, 1, 3]);
}

function mergeHeads(x: Tensor4D): Tensor3D {
  const [batch, heads, time, size] = x.shape;
  return reshape(time === 1 ? x : transpose(x, [0, 2, 1, 3]), [batch, time, heads * size]);
}

import { matMul, mul, reshape, slice, split, transpose } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor2D, Tensor3D, Tensor4D, Variable } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { constantInitializer, uniformInitializer, type ParameterSet } from '../core/parameters.js';
import type { Random } from '../core/random.js';
import { dropout } from '../ops/dropout.js';
import { linear } from '../ops/linear.js';
import { maskedSoftmax } from '../ops/maskedSoftmax.js';

/** Keys and values of a memory, `[batch, heads, time, width / heads]`. */
export type HeadMemory = { readonly keys: Tensor4D; readonly values: Tensor4D };

/** The weights of one `nn.MultiheadAttention` and what can be computed with them. */
export interface MultiHead {
  /** `[batch, time, width]` → `[batch, heads, time, width / heads]` */
  projectQueries(queries: Tensor3D): Tensor4D;
  /** @param valueMemory what the values are made of, where that is not what the keys are made of */
  projectMemory(memory: Tensor3D, valueMemory?: Tensor3D): HeadMemory;
  /** Queries, keys and values of the same sequence, in one product. */
  projectSelf(sequence: Tensor3D): HeadMemory & { readonly queries: Tensor4D };
  /**
   * @param mask broadcasts against `[batch, heads, queries, time]`, 1 = may be attended
   * @param rate dropout of the weights
   * @returns `context` `[batch, queries, width]` after the output projection; `weights` `[batch, heads, queries, time]`
   * before dropout
   */
  attend(
    queries: Tensor4D,
    memory: HeadMemory,
    mask: Tensor,
    rate: number,
  ): { context: Tensor3D; weights: Tensor4D };
}

/** What {@link addMultiHead} needs to know. */
export interface MultiHeadOptions {
  /** The public function that asks, for messages. */
  readonly where: string;
  readonly width: number;
  /** Default: `width`. */
  readonly memorySize?: number;
  readonly heads: number;
  readonly random: Random;
}

/**
 * Adds the parameters of multi-head attention (Vaswani et al. 2017, §3.2.2) under `prefix`, named and initialised as
 * `nn.MultiheadAttention` does: Xavier-uniform input projections, zero biases.
 *
 * @throws `incompatible-parts` if the heads do not divide the width
 */
export function addMultiHead(parameters: ParameterSet, prefix: string, options: MultiHeadOptions): MultiHead {
  const { where, width, memorySize = width, heads, random } = options;
  if (width % heads !== 0) {
    throw mismatch('incompatible-parts', {
      where,
      expected: `a number of heads that divides the width (${width})`,
      received: heads,
    });
  }
  const weight = (name: string, out: number, size: number, bound: number): Variable & Tensor2D =>
    parameters.add(prefix + name, [out, size], uniformInitializer(random, bound));
  const zeros = (name: string, size: number): Variable & Tensor1D =>
    parameters.add(prefix + name, [size], constantInitializer(0));
  const xavier = (out: number, size: number): number => Math.sqrt(6 / (out + size));

  // PyTorch keeps one matrix where all three inputs are equally wide, and three where they are not.
  const packed =
    memorySize === width ? weight('in_proj_weight', 3 * width, width, xavier(3 * width, width)) : null;
  const separate =
    packed === null
      ? [
          weight('q_proj_weight', width, width, xavier(width, width)),
          weight('k_proj_weight', width, memorySize, xavier(width, memorySize)),
          weight('v_proj_weight', width, memorySize, xavier(width, memorySize)),
        ]
      : null;
  const inputBias = zeros('in_proj_bias', 3 * width);
  const outputWeight = weight('out_proj.weight', width, width, 1 / Math.sqrt(width));
  const outputBias = zeros('out_proj.bias', width);

  /** Projects onto `count` of the three parts (0 queries, 1 keys, 2 values), starting at part `first`. */
  const project = (x: Tensor3D, first: number, count: number): Tensor4D[] => {
    const bias = (part: number, parts: number): Tensor1D => slice(inputBias, [part * width], [parts * width]);
    if (separate !== null) {
      const matrices = separate.slice(first, first + count);
      return matrices.map((matrix, i) => splitHeads(linear(x, matrix, bias(first + i, 1)), heads));
    }
    const matrix = packed as Tensor2D;
    const rows = count === 3 ? matrix : slice(matrix, [first * width, 0], [count * width, width]);
    const product = linear(x, rows, bias(first, count));
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
    attend(queries, { keys, values }, mask, rate) {
      const scaled = mul(queries, 1 / Math.sqrt(width / heads)) as Tensor4D;
      const weights = maskedSoftmax(matMul(scaled, keys, false, true) as Tensor4D, mask);
      const context = mergeHeads(matMul(dropout(weights, rate, random), values) as Tensor4D);
      return { context: linear(context, outputWeight, outputBias), weights };
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

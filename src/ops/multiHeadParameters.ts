import type { Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import { constantInitializer, uniformInitializer, type ParameterSet } from '../core/parameters.js';
import type { Random } from '../core/random.js';
import type { MultiHeadWeights } from '../modules/multiHead.js';

/** What {@link addMultiHeadParameters} needs to know. */
export interface MultiHeadParametersOptions {
  /** The public function that asks, for messages. */
  readonly where: string;
  readonly width: number;
  /** Width of what keys and values are made of. Default: `width`. */
  readonly memorySize?: number;
  readonly heads: number;
  /** The output projection starts as a linear layer does (`nn.MultiheadAttention`), or Xavier-uniform (`nn.Transformer`). */
  readonly outputStart: 'linear' | 'xavier';
  readonly random: Random;
}

/**
 * Adds the weights of multi-head attention to `parameters`, with the names and the start of `nn.MultiheadAttention`:
 * Xavier-uniform input projections, zero biases.
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

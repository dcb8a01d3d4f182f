import type { Tensor, Tensor1D, Tensor2D, Variable } from '@tensorflow/tfjs-core';
import type { Initializer, ParameterSet } from '../core/parameters.js';
import { linear } from '../ops/linear.js';

/**
 * Adds `NAME.weight` `[out, size]` and `NAME.bias` `[out]`, as `nn.Linear`.
 *
 * @param drawBias default: as the weight
 * @returns the affine map of `[..., size]` to `[..., out]`
 */
export function addLinear(
  parameters: ParameterSet,
  name: string,
  [out, size]: readonly [out: number, size: number],
  draw: Initializer,
  drawBias: Initializer = draw,
): <T extends Tensor>(x: T) => T {
  const weight = parameters.add<Variable & Tensor2D>(`${name}.weight`, [out, size], draw);
  const bias = parameters.add<Variable & Tensor1D>(`${name}.bias`, [out], drawBias);
  return (x) => linear(x, weight, bias);
}

import {
  add,
  erf,
  mul,
  relu,
  type Tensor,
  type Tensor1D,
  type Tensor3D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { constantInitializer, uniformInitializer, type ParameterSet } from '../core/parameters.js';
import type { Random } from '../core/random.js';
import { addLinear } from './linear.js';
import { layerNorm } from '../ops/layerNorm.js';
import type { TransformerLayerConfig } from './transformerOptions.js';

/** Dropout with its rate and random numbers bound; the identity when not training. */
export type Drop = <T extends Tensor>(x: T) => T;

/** A layer normalisation with its weights bound. */
export type Norm = <T extends Tensor>(x: T) => T;

/** Adds `NAME.weight` (ones) and `NAME.bias` (zeros), as `nn.LayerNorm`. */
export function addNorm(parameters: ParameterSet, name: string, width: number): Norm {
  const scale = parameters.add<Variable & Tensor1D>(`${name}.weight`, [width], constantInitializer(1));
  const shift = parameters.add<Variable & Tensor1D>(`${name}.bias`, [width], constantInitializer(0));
  return (x) => layerNorm(x, scale, shift);
}

/**
 * Adds `linear1` and `linear2` of a transformer layer: `W2 drop(activation(W1 x + b1)) + b2` (Vaswani et al.
 * 2017, eq. 2). Matrices start Xavier-uniform, as in `nn.Transformer`.
 */
export function addFeedForward(
  parameters: ParameterSet,
  prefix: string,
  { width, feedForward, activation }: TransformerLayerConfig,
  random: Random,
): (x: Tensor3D, drop: Drop) => Tensor3D {
  const layer = (name: string, out: number, size: number): ((x: Tensor3D) => Tensor3D) => {
    const xavier = uniformInitializer(random, Math.sqrt(6 / (out + size)));
    const uniform = uniformInitializer(random, 1 / Math.sqrt(size));
    return addLinear(parameters, prefix + name, [out, size], xavier, uniform);
  };
  const first = layer('linear1', feedForward, width);
  const second = layer('linear2', width, feedForward);
  const activate = activation === 'relu' ? relu : gelu;
  return (x, drop) => second(drop(activate(first(x))));
}

/** The residual connection around one part of a layer, with its layer normalisation. */
export interface Residual {
  /** What the part reads. */
  before(x: Tensor3D): Tensor3D;
  /** What the layer goes on with, from the same `x` and from what the part made. */
  after(x: Tensor3D, made: Tensor3D): Tensor3D;
}

/** `x + part(norm(x))` (pre) or `norm(x + part(x))` (post), with the parameters of {@link addNorm}. */
export function addResidual(
  parameters: ParameterSet,
  name: string,
  { width, norm }: TransformerLayerConfig,
): Residual {
  const normalize = addNorm(parameters, name, width);
  return norm === 'pre'
    ? { before: normalize, after: (x, made) => add(x, made) }
    : { before: (x) => x, after: (x, made) => normalize(add(x, made)) };
}

/** Gaussian error linear unit, `x Φ(x)` (Hendrycks & Gimpel 2016), exact. */
function gelu<T extends Tensor>(x: T): T {
  return mul(mul(x, 0.5), add(erf(mul(x, Math.SQRT1_2)), 1));
}

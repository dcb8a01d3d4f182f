import { mul, tensor, util, type Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../core/containers.js';
import { describe } from '../core/errors.js';
import type { NamedVariables } from '../core/parameters.js';

/** Numbers in row-major order, with their shape. */
export interface WeightValues {
  /** As `model.summary()` has it. */
  readonly shape: readonly number[];
  /** One number an element. */
  readonly values: ArrayLike<number>;
}

/** What a variable can be filled from. */
export type Weight = Tensor | WeightValues;

/** Why weights are not those of a model, a line each: missing, of another shape, or read by nobody. */
export function misfits(
  parameters: NamedVariables,
  weights: ReadonlyMap<string, Weight>,
  { finite }: { readonly finite: boolean },
): string[] {
  const lines: string[] = [];
  for (const [name, { shape }] of Object.entries(parameters)) {
    const problem = weights.has(name) ? misfit(weights.get(name), shape, finite) : 'is missing';
    if (problem !== '') lines.push(`${name} [${shape.join(', ')}] ${problem}`);
  }
  for (const name of weights.keys())
    if (!Object.hasOwn(parameters, name)) lines.push(`${name} is no weight of the model`);
  return lines;
}

function misfit(weight: Partial<Weight> | null | undefined, shape: number[], finite: boolean): string {
  if (!Array.isArray(weight?.shape)) return 'is neither a tensor nor { shape, values }';
  if (!util.arraysEqual(weight.shape, shape)) return `has shape [${weight.shape.join(', ')}]`;
  if (isTensor(weight))
    return weight.isDisposed
      ? 'is disposed'
      : weight.dtype === 'float32'
        ? ''
        : `is ${weight.dtype}, not float32`;
  const { values = [] } = weight as Partial<WeightValues>;
  if (values.length !== util.sizeFromShape(shape)) return `has ${values.length} values`;
  const at = finite ? Array.prototype.findIndex.call(values, (value) => !Number.isFinite(value)) : -1;
  return at < 0 ? '' : `has ${describe(values[at])} among its values, at ${at}`;
}

/**
 * Fills variables from weights without {@link misfits}. Data is copied: on some backends a tensor that shares it would follow
 * whatever its owner writes to the array that it was made of.
 */
export function assignWeights(parameters: NamedVariables, weights: ReadonlyMap<string, Weight>): void {
  for (const [name, variable] of Object.entries(parameters)) {
    const weight = weights.get(name) as Weight;
    const copy = isTensor(weight)
      ? mul(weight, 1)
      : tensor(new Float32Array(weight.values), variable.shape, 'float32');
    variable.assign(copy);
    copy.dispose();
  }
}

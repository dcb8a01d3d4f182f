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

/** Where weights are not those of a model, a line each: names that one side lacks, other shapes, other dtypes. */
export function misfits(parameters: NamedVariables, weights: ReadonlyMap<string, Weight>): string[] {
  const wanted = new Map<string, Weight>(Object.entries(parameters));
  return [...new Map([...wanted, ...weights]).keys()].flatMap((name) => {
    const [expected, received] = [form(wanted.get(name)), form(weights.get(name))];
    return expected === received ? [] : `${name}: ${received} instead of ${expected}`;
  });
}

/** A weight fits where its form is the variable's. */
function form(weight: Weight | undefined): string {
  if (!Array.isArray(weight?.shape)) return weight ? describe(weight) : 'nothing';
  const { shape } = weight;
  const kind = !isTensor(weight) ? kindOf(shape, weight) : weight.isDisposed ? 'disposed' : weight.dtype;
  return `${kind} [${shape.join(', ')}]`;
}

/** Other numbers than those of a `Float32Array` may come out of JSON, with `null` for what JSON does not know. */
function kindOf(shape: number[], { values = [] }: Partial<WeightValues>): string {
  if (values.length !== util.sizeFromShape(shape)) return `${values.length} values for`;
  const finite = values instanceof Float32Array || Array.prototype.every.call(values, Number.isFinite);
  return finite ? 'float32' : 'not finite';
}

/**
 * Fills variables from weights without {@link misfits}. Data is copied: on some backends a tensor that shares it would follow
 * whatever its owner writes to the array that it was made of.
 */
export function assignWeights(parameters: NamedVariables, weights: ReadonlyMap<string, Weight>): void {
  for (const [name, variable] of Object.entries(parameters)) {
    const weight = weights.get(name) as Weight;
    const copy = isTensor(weight) ? mul(weight, 1) : tensor(new Float32Array(weight.values), variable.shape);
    variable.assign(copy);
    copy.dispose();
  }
}

import { mul, tensor, util, type Tensor } from '@tensorflow/tfjs-core';
import { isTensor } from '../../core/containers.js';
import { describe, mismatch } from '../../core/errors.js';
import { callback, readOptions } from '../../core/options.js';
import { checkAlive, checkIdle, type ModelCore } from '../modelCore.js';
import type { TargetSide } from '../modelParts.js';

/** Numbers in row-major order, with their shape. */
export interface WeightValues {
  /** As `model.summary()` has it. */
  readonly shape: readonly number[];
  /** One number an element. */
  readonly values: ArrayLike<number>;
}

/** Weights by name: float32 tensors, or numbers with their shape. */
export type NamedWeights = Readonly<Record<string, Tensor | WeightValues>>;

/** Options of `setWeights`. */
export interface SetWeightsOptions {
  /**
   * From a weight's name in `weights` to its name in the model; `null` leaves it out.
   * Default: the same name.
   */
  readonly rename?: (name: string) => string | null;
}

/** Replaces every weight of a model, or none; see `ModelBase.setWeights`. */
export function setWeights(
  core: ModelCore<TargetSide>,
  weights: NamedWeights,
  options: SetWeightsOptions = {},
): void {
  const where = 'setWeights';
  checkAlive(where, core);
  checkIdle(where, core);
  const { rename } = readOptions(where, options, { rename: [callback, (name) => name] });
  const parameters = new Map(Object.entries(core.blocks.parameters()));
  const given = new Map<string, Tensor | WeightValues>();
  const problems: string[] = [];
  for (const [key, weight] of Object.entries(weights ?? {})) {
    const name = rename(key);
    if (name === null) continue;
    if (given.has(name)) problems.push(`${key}: a second ${name}`);
    given.set(name, weight);
  }
  for (const name of new Set([...parameters.keys(), ...given.keys()])) {
    const [expected, received] = [form(parameters.get(name)), form(given.get(name))];
    if (expected !== received) problems.push(`${name}: ${received} instead of ${expected}`);
  }
  if (problems.length > 0) {
    const hint = ['Map names by { rename }; null leaves one out.', ...problems].join('\n- ');
    throw mismatch('invalid-input', {
      where,
      expected: `the model's weights by name`,
      received: 'others',
      hint,
    });
  }
  for (const [name, variable] of parameters) {
    const weight = given.get(name) as Tensor | WeightValues;
    // On cpu, a tensor may share its data with the array that it was made of. It would follow what is written
    // there later.
    const copy = isTensor(weight) ? mul(weight, 1) : tensor(new Float32Array(weight.values), variable.shape);
    variable.assign(copy);
    copy.dispose();
  }
}

/** A weight fits where its form is the variable's. */
function form(weight: Tensor | WeightValues | undefined): string {
  if (!Array.isArray(weight?.shape)) return weight ? describe(weight) : 'nothing';
  const { shape } = weight;
  const kind = !isTensor(weight) ? kindOf(weight, shape) : weight.isDisposed ? 'disposed' : weight.dtype;
  return `${kind} [${shape.join(', ')}]`;
}

/** Numbers outside a `Float32Array` may come out of JSON, which has `null` for what it does not know. */
function kindOf({ values = [] }: Partial<WeightValues>, shape: number[]): string {
  if (values.length !== util.sizeFromShape(shape)) return `${values.length} values for`;
  const finite = values instanceof Float32Array || Array.prototype.every.call(values, Number.isFinite);
  return finite ? 'float32' : 'not finite';
}

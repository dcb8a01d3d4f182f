import { describe, mismatch } from '../core/errors.js';
import { callback, checkOptions } from '../core/options.js';
import { assignWeights, misfits, type Weight } from './assignWeights.js';
import { checkAlive, checkIdle, type ModelCore } from './modelCore.js';
import type { TargetSide } from './modelParts.js';

/** Weights by name: float32 tensors, or numbers in row-major order with their shape. */
export type NamedWeights = Readonly<Record<string, Weight>>;

/** Options of `setWeights`. */
export interface SetWeightsOptions {
  /** The model's name for a weight, from its name in `weights`; `null` leaves it out. Default: the same name. */
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
  checkOptions(where, options, { rename: callback });
  const { rename = (name) => name } = options;
  const problems: string[] = [];
  const named = new Map<string, Weight>();
  for (const [given, weight] of Object.entries(weights ?? {})) {
    const name = rename(given);
    if (name === null) continue;
    if (typeof name !== 'string') problems.push(`${given} is renamed to ${describe(name)}`);
    else if (named.has(name)) problems.push(`${given} is a second ${name}`);
    else named.set(name, weight);
  }
  const parameters = core.blocks.parameters();
  problems.push(...misfits(parameters, named, { finite: true }));
  if (problems.length > 0) {
    const expected = 'every weight of the model, and no other,';
    const help = `Names are the model's, or { rename } makes them so, with null for one to leave out; see model.summary().`;
    const hint = [help, ...problems].join('\n- ');
    throw mismatch('invalid-input', { where, expected, received: 'what does not fit', hint });
  }
  assignWeights(parameters, named);
}

import { mismatch } from '../core/errors.js';
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
    if (named.has(name)) problems.push(`${given}: a second ${name}`);
    named.set(name, weight);
  }
  const parameters = core.blocks.parameters();
  problems.push(...misfits(parameters, named));
  if (problems.length > 0) {
    const expected = `the model's weights, each by its name,`;
    const hint = `Map names by { rename }, null leaves one out; model.summary() lists what is expected.\n- ${problems.join('\n- ')}`;
    throw mismatch('invalid-input', { where, expected, received: 'others', hint });
  }
  assignWeights(parameters, named);
}

import { addN, dispose, mul, sum, tensor, tidy, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import {
  adam,
  clipByGlobalNorm,
  clipScale,
  computeGradients,
  globalNorm,
  sgd,
  type NamedTensors,
} from '../../src/index.js';
import type { BatchName, TensorCase } from './adapter.js';
import { compareTensor, compareValues, TOLERANCE, type Findings } from './compare.js';
import { stored, tensorOf, withPrefix, type Fixture } from './fixture.js';

interface TrainingRun {
  readonly losses: readonly number[];
  readonly gradient_norms: readonly number[];
}

/** Compares outputs, loss, every gradient and every training run of a case with the golden values. */
export async function checkTensors(fixture: Fixture, built: TensorCase, findings: Findings): Promise<void> {
  const outputs = tidy(() => built.outputs() as NamedTensors);
  for (const [name, expected] of withPrefix(fixture, 'out')) {
    await compareTensor(findings, `out.${name}`, outputs[name], expected, TOLERANCE.output);
  }
  dispose(outputs);
  const leaves = { ...prefixed('param', built.parameters), ...prefixed('in', built.inputs) };
  const { loss, gradients } = computeGradients(() => lossOf(fixture, built), leaves);
  const tolerance = Math.max(TOLERANCE.output, roundingOf(fixture));
  compareValues(findings, 'loss', await loss.data(), [fixture.scalars['loss'] as number], tolerance);
  for (const [name, expected] of withPrefix(fixture, 'grad')) {
    await compareTensor(findings, `grad.${name}`, gradients[name], expected, TOLERANCE.gradient);
  }
  dispose([loss, gradients] as never);
  const runs = (fixture.json['training'] ?? {}) as Record<string, TrainingRun>;
  for (const [name, run] of Object.entries(runs)) await checkTraining(fixture, built, name, run, findings);
}

/** `Σ out · cot` where the case has cotangents, else the case's own loss. */
function lossOf(fixture: Fixture, built: TensorCase): Scalar {
  const cotangents = withPrefix(fixture, 'cot');
  if (cotangents.length === 0) {
    if (built.loss === undefined) throw new Error('the adapter has no loss, and the case no cotangents');
    return built.loss('in');
  }
  const outputs = built.outputs();
  const terms = cotangents.map(([name, { data, shape }]) => {
    return sum(mul(outputs[name] as Tensor, tensor(data, shape))) as Scalar;
  });
  return addN(terms);
}

/** What float32 may lose where the loss is a sum over large outputs whose terms cancel. */
function roundingOf(fixture: Fixture): number {
  const sums = withPrefix(fixture, 'cot').map(([name, { data }]) => {
    const output = stored(fixture, `out.${name}`).data;
    return Array.from(data, (value, i) => Math.abs(value * (output[i] as number)));
  });
  return 2 ** -23 * sums.flat().reduce((sum, term) => sum + term, 0);
}

/** Trains from the stored weights: `adam`, `adam_clip` or `sgd_clip`, on `in`, `batch1`, `batch2` in turn. */
async function checkTraining(
  fixture: Fixture,
  built: TensorCase,
  name: string,
  run: TrainingRun,
  findings: Findings,
): Promise<void> {
  const { parameters } = built;
  for (const [key, parameter] of Object.entries(parameters)) {
    tidy(() => parameter.assign(tensorOf(fixture, `param.${key}`)));
  }
  const clips = name.endsWith('_clip');
  const optimizer = name.startsWith('adam') ? adam() : sgd({ learningRate: 0.1 });
  let state = optimizer.init(parameters);
  for (const [i, expectedLoss] of run.losses.entries()) {
    const batch = (['in', 'batch1', 'batch2'] as const)[i] as BatchName;
    const { loss, gradients } = computeGradients(() => built.loss?.(batch) as Scalar, parameters);
    const norm = globalNorm(gradients);
    const step = `${name}${i + 1}`;
    compareValues(findings, `${step} loss`, await loss.data(), [expectedLoss], TOLERANCE.output);
    const expectedNorm = run.gradient_norms[i] as number;
    compareValues(findings, `${step} norm`, await norm.data(), [expectedNorm], TOLERANCE.gradient);
    if (clips && i === 0) await checkClipped(fixture, gradients, findings);
    const scale = clips ? clipScale(norm, 1) : null;
    state = optimizer.update(parameters, gradients, state, scale === null ? {} : { scale });
    dispose([loss, gradients, norm, scale] as never);
    for (const [key, expected] of withPrefix(fixture, `${step}.param`)) {
      await compareTensor(findings, `${step}.param.${key}`, parameters[key], expected, TOLERANCE.weight);
    }
  }
  dispose(state.slots as never);
}

async function checkClipped(fixture: Fixture, gradients: NamedTensors, findings: Findings): Promise<void> {
  const { gradients: clipped, norm } = clipByGlobalNorm(gradients, 1);
  for (const key of Object.keys(gradients)) {
    const expected = stored(fixture, `clipped.param.${key}`);
    await compareTensor(findings, `clipped.param.${key}`, clipped[key], expected, TOLERANCE.gradient);
  }
  dispose([clipped, norm] as never);
}

function prefixed<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
}

import { addN, mul, sum, tensor, tidy, type Scalar, type Tensor } from '@tensorflow/tfjs-core';
import {
  adam,
  clipByGlobalNorm,
  clipScale,
  computeGradients,
  globalNorm,
  sgd,
  type NamedTensors,
  type OptimizerState,
} from '../../src/index.js';
import type { BatchName, TensorCase } from './adapter.js';
import { compareTensor, compareValues, TOLERANCE, type Findings } from './compare.js';
import { stored, tensorOf, withPrefix, type Fixture } from './fixture.js';

interface TrainingRun {
  readonly losses: readonly number[];
  readonly gradient_norms: readonly number[];
}

/** Compares outputs, loss, every gradient and every training run of a case with the golden values. */
export function checkTensors(fixture: Fixture, built: TensorCase, findings: Findings): void {
  tidy(() => {
    const outputs = built.outputs();
    for (const [name, expected] of withPrefix(fixture, 'out')) {
      compareTensor(findings, `out.${name}`, outputs[name], expected, TOLERANCE.output);
    }
  });
  tidy(() => {
    const leaves = { ...prefixed('param', built.parameters), ...prefixed('in', built.inputs) };
    const { loss, gradients } = computeGradients(() => lossOf(fixture, built), leaves);
    compareValues(findings, 'loss', loss.dataSync(), [fixture.scalars['loss'] as number], TOLERANCE.output);
    for (const [name, expected] of withPrefix(fixture, 'grad')) {
      compareTensor(findings, `grad.${name}`, gradients[name], expected, TOLERANCE.gradient);
    }
  });
  const runs = (fixture.json['training'] ?? {}) as Record<string, TrainingRun>;
  for (const [name, run] of Object.entries(runs)) checkTraining(fixture, built, name, run, findings);
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

/** Trains from the stored weights: `adam`, `adam_clip` or `sgd_clip`, on `in`, `batch1`, `batch2` in turn. */
function checkTraining(
  fixture: Fixture,
  built: TensorCase,
  name: string,
  run: TrainingRun,
  findings: Findings,
): void {
  const { parameters, loss } = built;
  for (const [key, parameter] of Object.entries(parameters)) {
    tidy(() => parameter.assign(tensorOf(fixture, `param.${key}`)));
  }
  const clips = name.endsWith('_clip');
  const optimizer = name.startsWith('adam') ? adam() : sgd({ learningRate: 0.1 });
  tidy(() => {
    let state: OptimizerState = optimizer.init(parameters);
    (['in', 'batch1', 'batch2'] as const).slice(0, run.losses.length).forEach((batch: BatchName, i) => {
      const result = computeGradients(() => loss?.(batch) as Scalar, parameters);
      const norm = globalNorm(result.gradients);
      const step = `${name}${i + 1}`;
      compareValues(
        findings,
        `${step} loss`,
        result.loss.dataSync(),
        [run.losses[i] as number],
        TOLERANCE.output,
      );
      const expectedNorm = run.gradient_norms[i] as number;
      compareValues(findings, `${step} norm`, norm.dataSync(), [expectedNorm], TOLERANCE.gradient);
      if (clips && i === 0) checkClipped(fixture, result.gradients, findings);
      const options = clips ? { scale: clipScale(norm, 1) } : {};
      state = optimizer.update(parameters, result.gradients, state, options);
      for (const [key, expected] of withPrefix(fixture, `${step}.param`)) {
        compareTensor(findings, `${step}.param.${key}`, parameters[key], expected, TOLERANCE.weight);
      }
    });
  });
}

function checkClipped(fixture: Fixture, gradients: NamedTensors, findings: Findings): void {
  const clipped = clipByGlobalNorm(gradients, 1).gradients;
  for (const key of Object.keys(gradients)) {
    const expected = stored(fixture, `clipped.param.${key}`);
    compareTensor(findings, `clipped.param.${key}`, clipped[key], expected, TOLERANCE.gradient);
  }
}

function prefixed<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
}

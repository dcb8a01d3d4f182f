import {
  tensor1d,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Variable,
} from '@tensorflow/tfjs-core';
import { softmaxCrossEntropy } from '../../../src/index.js';
import type { Adapter } from '../adapter.js';
import { stored, tensorOf, variableOf } from '../fixture.js';

export const loss: Adapter = (fixture) => {
  const { config } = fixture;
  const logits = variableOf<Variable & Tensor2D>(fixture, 'in.logits');
  const targets = tensorOf<Tensor1D>(fixture, 'in.target');
  const ids = [...stored(fixture, 'in.target').data];
  const mask = tensor1d(ids.map((id) => (id === config['ignore_index'] ? 0 : 1)));
  const classWeights = config['weight'] === true ? tensorOf<Tensor1D>(fixture, 'param.weight') : undefined;
  const compute = (): Tensor =>
    softmaxCrossEntropy({
      logits,
      targets,
      classWeights,
      mask: config['ignore_index'] === undefined ? undefined : mask,
      labelSmoothing: (config['label_smoothing'] ?? 0) as number,
      reduction: (config['reduction'] ?? 'mean') as 'mean' | 'sum' | 'none',
    });
  return {
    parameters: {},
    inputs: { logits },
    outputs: () => ({ loss: compute() }),
    loss: () => compute() as Scalar,
    dispose: () => [logits, targets, mask, classWeights].forEach((owned) => owned?.dispose()),
  };
};

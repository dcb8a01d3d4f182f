import type { Tensor2D, Tensor3D, Variable } from '@tensorflow/tfjs-core';
import { convolutionalEncoder, createRandom } from '../../../src/index.js';
import type { Adapter } from '../adapter.js';
import { assignParameters } from '../assignParameters.js';
import { variableOf } from '../fixture.js';
import { storedMask } from '../storedMask.js';

interface Config {
  readonly input: number;
  readonly channels: number;
  readonly layers: number;
  readonly kernel: number;
  readonly dilation: number;
  readonly activation: 'relu' | 'glu';
  readonly pooling: 'max' | 'mean';
}

export const conv: Adapter = (fixture) => {
  const { input, channels, layers, kernel, ...rest } = fixture.config as unknown as Config;
  const { dilation, activation, pooling } = rest;
  const options = { units: channels, layers, kernelSize: kernel, dilation, activation, pooling };
  const source = { kind: 'frames', features: input } as const;
  const encoder = convolutionalEncoder(options).build({ source, random: createRandom(1) });
  const parameters = encoder.parameters();
  assignParameters(fixture, parameters);
  const x = variableOf<Variable & Tensor3D>(fixture, 'in.x');
  const mask = storedMask<Tensor2D>(fixture, 'in.mask', 'allowed');
  return {
    parameters,
    inputs: { x },
    outputs() {
      const { memory, summary } = encoder.forward(x, mask);
      return { output: memory, pooled: summary };
    },
    dispose: () => [encoder, x, mask].forEach((owned) => owned.dispose()),
  };
};

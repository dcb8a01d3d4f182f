import { memory, ones, setBackend, tensor1d, tidy, zeros, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runKernel } from '../../../src/core/engine.js';
import { additiveScores } from '../../../src/ops/additiveScores.js';
import { layerNorm } from '../../../src/ops/layerNorm.js';
import { projectedCrossEntropy } from '../../../src/ops/projectedCrossEntropy.js';
import { ADAM_STEP } from '../../../src/ops/adamStep.js';
import { RECURRENT } from '../../../src/ops/recurrentKernels.js';
import { useWasmKernels } from './reference.js';

beforeAll(useWasmKernels);
beforeEach(() => setBackend('wasm'));

type Inputs = Record<string, Tensor>;

/** Each kernel with inputs that fit, and one input after the other that does not. */
const kernels: Record<
  string,
  { fitting: () => Inputs; run: (inputs: Inputs) => unknown; wrong: Record<string, number[]> }
> = {
  additiveScores: {
    fitting: () => ({ queries: ones([2, 3, 5]), keys: ones([2, 7, 5]), energy: ones([1, 5]) }),
    run: ({ queries, keys, energy }) => additiveScores(queries as never, keys as never, energy as never),
    wrong: { keys: [1, 7, 5], energy: [1, 4] },
  },
  layerNorm: {
    fitting: () => ({ x: ones([2, 5]), scale: ones([5]), shift: ones([5]) }),
    run: ({ x, scale, shift }) => layerNorm(x as never, scale as never, shift as never),
    wrong: { shift: [1] },
  },
  projectedCrossEntropy: {
    fitting: () => ({ features: ones([2, 3]), weight: ones([5, 3]), bias: ones([5]), mask: ones([2]) }),
    run: (inputs) =>
      projectedCrossEntropy({ ...inputs, targets: tensor1d([1, 2], 'int32'), reduction: 'sum' } as never),
    wrong: {},
  },
  recurrent: {
    fitting: () => ({
      x: ones([2, 3, 15]),
      mask: ones([2, 3]),
      h0: ones([2, 5]),
      weight: ones([15, 5]),
      bias: ones([15]),
    }),
    run: (inputs) => runKernel(RECURRENT, inputs, { cell: 'gru', reverse: false, training: false }),
    wrong: { x: [2, 2, 15], mask: [3, 3], h0: [1, 5], weight: [10, 5], bias: [5] },
  },
  adam: {
    fitting: () => ({
      parameter: ones([3, 5]),
      gradient: ones([3, 5]),
      m: zeros([3, 5]),
      v: zeros([3, 5]),
      scale: ones([]),
    }),
    run: (inputs) =>
      runKernel(ADAM_STEP, inputs, {
        learningRate: 1,
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 1e-8,
        correction1: 1,
        correction2: 1,
      }),
    wrong: { gradient: [5], m: [3, 4], v: [1, 5] },
  },
};

describe.each(Object.entries(kernels))('%s on wasm', (_, { fitting, run, wrong }) => {
  const attempt =
    (change: (inputs: Inputs) => Inputs): (() => unknown) =>
    () =>
      tidy(() => void run(change(fitting())));

  it('takes what fits', () => {
    expect(attempt((inputs) => inputs)).not.toThrow();
  });

  it.each(Object.entries(wrong))('refuses %s of shape %j, which it would read past', (name, shape) => {
    const before = memory().numTensors;
    expect(attempt((inputs) => ({ ...inputs, [name]: ones(shape) }))).toThrow(
      expect.objectContaining({ code: 'invalid-shape' }),
    );
    expect(memory().numTensors).toBe(before);
  });

  it.each(['int32', 'bool'] as const)('refuses inputs of dtype %s, which it would misread', (dtype) => {
    const before = memory().numTensors;
    for (const name of tidy(() => Object.keys(fitting()))) {
      expect(
        attempt((inputs) => ({ ...inputs, [name]: ones((inputs[name] as Tensor).shape, dtype) })),
        name,
      ).toThrow(expect.objectContaining({ code: 'invalid-shape' }));
    }
    expect(memory().numTensors).toBe(before);
  });
});

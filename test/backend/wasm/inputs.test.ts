import { memory, ones, setBackend, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runKernel } from '../../../src/core/engine.js';
import { recurrentKernels } from '../../../src/ops/recurrent/kernels.js';
import { useWasmKernels } from './reference.js';

beforeAll(useWasmKernels);
beforeEach(() => setBackend('wasm'));

type Inputs = Record<string, Tensor>;

/**
 * Each kernel that several operations run, with inputs that fit, and one input after the other that does not.
 */
const kernels: Record<
  string,
  { fitting: () => Inputs; run: (inputs: Inputs) => unknown; wrong: Record<string, number[]> }
> = {
  recurrent: {
    fitting: () => ({
      x: ones([2, 3, 15]),
      mask: ones([2, 3]),
      h0: ones([2, 5]),
      weight: ones([15, 5]),
      bias: ones([15]),
    }),
    run: (inputs) => runKernel(recurrentKernels('gru').forward, inputs, { reverse: false, training: false }),
    wrong: { x: [2, 2, 15], mask: [3, 3], h0: [1, 5], weight: [10, 5], bias: [5] },
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

import '#gradients';
import '@tensorflow/tfjs-backend-cpu';
import { memory, ones, setBackend, tensor1d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { additiveScores } from '../../src/ops/additiveScores.js';
import { adamStep } from '../../src/ops/adamStep.js';
import { layerNorm } from '../../src/ops/layerNorm.js';
import { projectedCrossEntropy } from '../../src/ops/crossEntropy/projectedCrossEntropy.js';
import { recurrentSequence } from '../../src/ops/recurrent/recurrentSequence.js';
import { useWasmKernels } from '../backend/wasm/reference.js';

type Inputs = Record<string, Tensor>;

/** Each operation with inputs that fit, and shapes that do not, though some backends would broadcast them. */
const operations: Record<
  string,
  { fitting: () => Inputs; run: (inputs: Inputs) => unknown; wrong: [name: string, shape: number[]][] }
> = {
  additiveScores: {
    fitting: () => ({ queries: ones([2, 3, 5]), keys: ones([2, 7, 5]), energy: ones([1, 5]) }),
    run: ({ queries, keys, energy }) => additiveScores(queries as never, keys as never, energy as never),
    wrong: [
      ['queries', [1, 3, 5]],
      ['keys', [1, 7, 5]],
      ['keys', [2, 7, 1]],
      ['energy', [1, 4]],
      ['energy', [5]],
    ],
  },
  adam: {
    fitting: () => ({
      parameter: ones([3, 5]),
      gradient: ones([3, 5]),
      m: ones([3, 5]),
      v: ones([3, 5]),
      scale: ones([]),
    }),
    run: (inputs) =>
      adamStep(inputs as never, {
        learningRate: 1,
        beta1: 0.9,
        beta2: 0.99,
        epsilon: 1e-8,
        correction1: 1,
        correction2: 1,
      }),
    wrong: [
      ['gradient', [5]],
      ['gradient', []],
      ['m', [3, 4]],
      ['v', [1, 5]],
      ['scale', [1]],
    ],
  },
  layerNorm: {
    fitting: () => ({ x: ones([2, 3, 5]), scale: ones([5]), shift: ones([5]) }),
    run: ({ x, scale, shift }) => layerNorm(x as never, scale as never, shift as never),
    wrong: [
      ['x', [2, 5, 3]],
      ['x', [1]],
      ['scale', [1]],
      ['shift', [1]],
      ['shift', [1, 5]],
    ],
  },
  projectedCrossEntropy: {
    fitting: () => ({
      features: ones([2, 3]),
      weight: ones([5, 3]),
      bias: ones([5]),
      mask: ones([2]),
      classWeights: ones([5]),
    }),
    run: (inputs) =>
      projectedCrossEntropy({ ...inputs, targets: tensor1d([1, 2], 'int32'), reduction: 'sum' } as never),
    wrong: [
      ['features', [2, 4]],
      ['weight', [5]],
      ['bias', [1]],
      ['mask', [1]],
      ['classWeights', [2]],
    ],
  },
  recurrentSequence: {
    fitting: () => ({
      projected: ones([2, 3, 20]),
      mask: ones([2, 3]),
      h: ones([2, 5]),
      c: ones([2, 5]),
      weight: ones([20, 5]),
      bias: ones([20]),
    }),
    run: ({ h, c, ...inputs }) =>
      recurrentSequence({ ...inputs, initial: { h, c } } as never, { cell: 'lstm' }),
    wrong: [
      ['projected', [2, 2, 20]],
      ['mask', [3, 3]],
      ['h', [1, 5]],
      ['c', [1, 5]],
      ['weight', [15, 5]],
      ['bias', [5]],
    ],
  },
};

beforeAll(useWasmKernels);

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  beforeEach(async () => void (await setBackend(backend)));

  describe.each(Object.entries(operations))('%s', (where, { fitting, run, wrong }) => {
    const refusal = expect.objectContaining({
      code: 'invalid-shape',
      message: expect.stringMatching(`^${where}: expected`) as string,
    }) as Error;
    const attempt =
      (changes: () => Inputs = () => ({})): (() => unknown) =>
      () =>
        tidy(() => void run({ ...fitting(), ...changes() }));

    it('takes what fits', () => {
      expect(attempt()).not.toThrow();
    });

    it.each(wrong)('refuses %s of shape %j', (name, shape) => {
      const before = memory().numTensors;
      expect(attempt(() => ({ [name]: ones(shape) }))).toThrow(refusal);
      expect(memory().numTensors).toBe(before);
    });

    it.each(['int32', 'bool'] as const)('refuses inputs of dtype %s', (dtype) => {
      const before = memory().numTensors;
      const shapes = tidy(() => Object.entries(fitting()).map(([name, { shape }]) => [name, shape] as const));
      for (const [name, shape] of shapes) {
        expect(
          attempt(() => ({ [name]: ones(shape, dtype) })),
          name,
        ).toThrow(refusal);
      }
      expect(memory().numTensors).toBe(before);
    });
  });
});

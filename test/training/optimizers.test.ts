import '@tensorflow/tfjs-backend-cpu';
import { memory, scalar, setBackend, square, sub, sum, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import type { Scalar, Tensor1D, Variable } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Trainable } from '../../src/contracts/trainable.js';
import { disposeTensors } from '../../src/core/containers.js';
import { clipByGlobalNorm } from '../../src/training/clipByGlobalNorm.js';
import { clipScale } from '../../src/training/clipScale.js';
import { globalNorm } from '../../src/training/globalNorm.js';
import { adam } from '../../src/training/optimizers/adam.js';
import type { LearningRate, Optimizer } from '../../src/training/optimizers/optimizer.js';
import { sgd } from '../../src/training/optimizers/sgd.js';
import { train } from '../../src/training/trainer.js';
import { expectTensor, expectValues } from '../support/closeTo.js';
import { variableOf } from '../support/variableOf.js';

/** The next value of one weight. `step` counts from 1. */
type Rule = (weight: number, gradient: number, rate: number, step: number) => number;

interface OptimizerCase {
  /** With options that are not the defaults. */
  readonly make: (learningRate: LearningRate) => Optimizer;
  /** The algorithm, written out for one weight in float64. What it remembers starts anew at each call. */
  readonly algorithm: () => Rule;
}

/** Every optimizer, by its name. A new one is one more row. */
const optimizers: Readonly<Record<string, OptimizerCase>> = {
  sgd: {
    make: (learningRate) => sgd({ learningRate }),
    algorithm: () => (weight, gradient, rate) => weight - rate * gradient,
  },
  // Algorithm 1 of Kingma & Ba 2015, with epsilon outside the corrected root, as PyTorch has it.
  adam: {
    make: (learningRate) => adam({ learningRate, beta1: 0.8, beta2: 0.9, epsilon: 1e-3 }),
    algorithm() {
      let [m, v] = [0, 0];
      return (weight, gradient, rate, step) => {
        m = 0.8 * m + 0.2 * gradient;
        v = 0.9 * v + 0.1 * gradient ** 2;
        const [mean, square] = [m / (1 - 0.8 ** step), v / (1 - 0.9 ** step)];
        return weight - (rate * mean) / (Math.sqrt(square) + 1e-3);
      };
    },
  },
};

/** The batch of a loss that is least at these numbers. */
interface Goal {
  readonly goal: Tensor1D;
  dispose(): void;
}

function goalOf(...numbers: number[]): Goal {
  const goal = tensor1d(numbers);
  return { goal, dispose: () => goal.dispose() };
}

beforeAll(() => setBackend('cpu'));

describe.each(Object.entries(optimizers))('%s', (name, { make, algorithm }) => {
  it('follows its algorithm, with scaled gradients and a schedule', () => {
    const before = memory().numTensors;
    const expected = [1, -2, 3];
    const w = variableOf(expected);
    const rate = (step: number): number => 0.1 / (step + 1);
    const rules = expected.map(algorithm);
    const optimizer = make(rate);
    let state = optimizer.init({ w });
    const scale = scalar(0.5);
    // The last weight never gets a gradient other than 0.
    [
      [0.5, -1, 0],
      [1, 2, 0],
      [-3, 0.1, 0],
    ].forEach((gradients, step) => {
      // prettier-ignore
      const g = tensor1d(gradients);
      state = optimizer.update({ w }, { w: g }, state, { scale });
      g.dispose();
      rules.forEach((rule, i) => {
        expected[i] = rule(expected[i] as number, 0.5 * (gradients[i] as number), rate(step), step + 1);
      });
      expectTensor(w, [3], expected, 1e-6);
    });
    expect(state.step).toBe(3);
    disposeTensors([state.slots, scale, w]);
    expect(memory().numTensors).toBe(before);
  });

  it('leaves parameters without a gradient alone, and no tensor behind', () => {
    const before = memory().numTensors;
    const [a, b] = [variableOf([1, 2]), variableOf(5)];
    const gradient = tensor1d([1, 1]);
    const optimizer = make(0.1);
    let state = optimizer.init({ a, b });
    const during = memory().numTensors;
    for (let i = 0; i < 5; i++) state = optimizer.update({ a, b }, { a: gradient }, state);
    expect(memory().numTensors).toBe(during);
    expect(a.dataSync()[0]).not.toBe(1);
    expect(b.dataSync()[0]).toBe(5);
    expect(gradient.dataSync()).toEqual(new Float32Array([1, 1]));
    disposeTensors([state.slots, a, b, gradient]);
    expect(memory().numTensors).toBe(before);
  });

  it('trains, clipped too, and twice gives the same weights', async () => {
    const before = memory().numTensors;
    const run = async (): Promise<Float32Array> => {
      const w = variableOf([0, 0]) as Variable & Tensor1D;
      const trainable: Trainable<Goal> = {
        parameters: () => ({ w }),
        loss: ({ goal }) => sum(square(sub(w, goal))) as Scalar,
        tokens: () => 1,
      };
      const { updates } = await train(trainable, {
        batches: () => [goalOf(3, -2)],
        epochs: 200,
        optimizer: make((step) => 0.2 / (1 + step / 20)),
        clipNorm: 1,
      });
      expect(updates).toBe(200);
      const values = w.dataSync().slice() as Float32Array;
      w.dispose();
      return values;
    };
    const found = await run();
    expectValues(found, [3, -2], 0.05);
    expect(await run()).toEqual(found);
    expect(memory().numTensors).toBe(before);
  });

  it('refuses a learning rate that is none', () => {
    expect(() => make(-1)).toThrow(`${name}: expected learningRate to be`);
    expect(() => make('1' as never)).toThrow('to be a number or a function');
    const falling = make((step) => 1 - step);
    expect(falling.name).toBe(name);
    expect(falling.learningRate(1)).toBe(0);
    expect(() => falling.learningRate(2)).toThrow('learningRate(2)');
  });
});

it('options that an optimizer does not have, or out of range, are refused', () => {
  expect(() => sgd({ lr: 1 } as never)).toThrow('sgd: expected option names among learningRate');
  expect(() => adam({ lr: 1 } as never)).toThrow('adam: expected option names among learningRate');
  expect(() => adam({ beta1: 1 })).toThrow('beta1');
  expect(() => adam({ epsilon: 0 })).toThrow('epsilon');
});

it('slots of adam hold its two moments', () => {
  const w = variableOf([1]);
  const [gradient, optimizer] = [tensor1d([2]), adam({ beta1: 0.8, beta2: 0.9 })];
  const { slots } = optimizer.update({ w }, { w: gradient }, optimizer.init({ w }));
  expectTensor(slots['m']?.['w'] as never, [1], [0.4]);
  expectTensor(slots['v']?.['w'] as never, [1], [0.4]);
  disposeTensors([slots, gradient, w]);
});

describe('clipping', () => {
  let before = 0;
  beforeEach(() => void (before = memory().numTensors));

  it('shortens all gradients together', () => {
    const gradients = { a: tensor1d([3]), b: tensor2d([[0, 4]]) };
    const { gradients: clipped, norm } = clipByGlobalNorm(gradients, 1);
    expect(norm.dataSync()[0]).toBeCloseTo(5);
    expectTensor(clipped['a'] as never, [1], [0.6], 1e-6);
    expectTensor(clipped['b'] as never, [1, 2], [0, 0.8], 1e-6);
    disposeTensors([gradients, clipped, norm]);
    expect(memory().numTensors).toBe(before);
  });

  it('leaves short gradients as they are', () => {
    const gradients = { a: tensor1d([3, 4]) };
    const norm = globalNorm(gradients);
    const scale = clipScale(norm, 5.1);
    expect(scale.dataSync()[0]).toBe(1);
    disposeTensors([gradients, norm, scale]);
    expect(memory().numTensors).toBe(before);
  });

  it('shows what is not finite, and refuses nothing at all', () => {
    const gradients = { a: tensor1d([3, NaN]), b: tensor1d([1]) };
    const norm = globalNorm(gradients);
    expect(norm.dataSync()[0]).toBeNaN();
    expect(() => globalNorm({})).toThrow('at least one gradient');
    expect(() => clipScale(norm, 0)).toThrow('maxNorm');
    disposeTensors([gradients, norm]);
  });
});

import '@tensorflow/tfjs-backend-cpu';
import { memory, scalar, setBackend, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { disposeTensors } from '../../src/core/containers.js';
import { clipByGlobalNorm } from '../../src/training/clipByGlobalNorm.js';
import { clipScale } from '../../src/training/clipScale.js';
import { globalNorm } from '../../src/training/globalNorm.js';
import { adam } from '../../src/training/optimizers/adam.js';
import { sgd } from '../../src/training/optimizers/sgd.js';
import { expectTensor, expectValues } from '../support/closeTo.js';
import { variableOf } from '../support/variableOf.js';

beforeAll(() => setBackend('cpu'));

describe('adam', () => {
  it("follows algorithm 1 with PyTorch's epsilon, scaled gradients and a schedule", () => {
    const w = variableOf([1, -2, 3]);
    const rate = (step: number): number => 0.1 / (step + 1);
    const optimizer = adam({ learningRate: rate, beta1: 0.8, beta2: 0.9, epsilon: 1e-3 });
    let state = optimizer.init({ w });
    const expected = [1, -2, 3];
    const [m, v] = [
      [0, 0, 0],
      [0, 0, 0],
    ] as [number[], number[]];
    const steps = [
      [0.5, -1, 0],
      [1, 2, 0],
      [-3, 0.1, 0],
    ];
    const scale = scalar(0.5);
    steps.forEach((gradient, t) => {
      const g = tensor1d(gradient);
      state = optimizer.update({ w }, { w: g }, state, { scale });
      g.dispose();
      gradient.forEach((value, i) => {
        m[i] = 0.8 * (m[i] as number) + 0.2 * (0.5 * value);
        v[i] = 0.9 * (v[i] as number) + 0.1 * (0.5 * value) ** 2;
        const mean = (m[i] as number) / (1 - 0.8 ** (t + 1));
        const deviation = Math.sqrt((v[i] as number) / (1 - 0.9 ** (t + 1))) + 1e-3;
        expected[i] = (expected[i] as number) - (rate(t) * mean) / deviation;
      });
      expectTensor(w, [3], expected, 1e-6);
    });
    expect(state.step).toBe(3);
    expectValues(state.slots['m']?.['w']?.dataSync() as Float32Array, m, 1e-6);
    disposeTensors([state.slots, scale, w]);
  });

  it('leaves parameters without a gradient alone, and no tensor behind', () => {
    const before = memory().numTensors;
    const [a, b] = [variableOf([1, 2]), variableOf(5)];
    const gradient = tensor1d([1, 1]);
    const optimizer = adam();
    let state = optimizer.init({ a, b });
    const during = memory().numTensors;
    for (let i = 0; i < 5; i++) state = optimizer.update({ a, b }, { a: gradient }, state);
    expect(memory().numTensors).toBe(during);
    expect(b.dataSync()[0]).toBe(5);
    disposeTensors([state.slots, a, b, gradient]);
    expect(memory().numTensors).toBe(before);
  });

  it('refuses what does not fit', () => {
    expect(() => adam({ lr: 1 } as never)).toThrow('adam: expected option names among learningRate');
    expect(() => adam({ beta1: 1 })).toThrow('beta1');
    expect(() => adam({ epsilon: 0 })).toThrow('epsilon');
    expect(() => adam({ learningRate: -1 })).toThrow('learningRate');
    expect(() => adam({ learningRate: '1' as never })).toThrow('to be a number or a function');
    const falling = adam({ learningRate: (step) => 1 - step });
    expect(falling.learningRate(1)).toBe(0);
    expect(() => falling.learningRate(2)).toThrow('learningRate(2)');
  });
});

describe('sgd', () => {
  it('moves against the scaled gradient', () => {
    const before = memory().numTensors;
    const w = variableOf([1, 2]);
    const [gradient, scale] = [tensor1d([10, -10]), scalar(0.5)];
    const optimizer = sgd({ learningRate: 0.1 });
    const state = optimizer.update({ w }, { w: gradient }, optimizer.init({ w }));
    expectValues(w.dataSync(), [0, 3]);
    expect(optimizer.update({ w }, { w: gradient }, state, { scale })).toEqual({ step: 2, slots: {} });
    expectValues(w.dataSync(), [-0.5, 3.5]);
    disposeTensors([w, gradient, scale]);
    expect(memory().numTensors).toBe(before);
  });
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

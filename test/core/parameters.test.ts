import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  constantInitializer,
  createParameters,
  normalInitializer,
  prefixed,
  uniformInitializer,
  withParameterBudget,
} from '../../src/core/parameters.js';
import { createRandom } from '../../src/core/random.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const draw = (initialize: () => number): number[] => Array.from({ length: 5000 }, initialize);

describe('initializers', () => {
  test('uniform fills (-bound, bound) evenly', () => {
    const values = draw(uniformInitializer(createRandom(1), 0.5));
    expect(Math.max(...values)).toBeLessThan(0.5);
    expect(Math.max(...values)).toBeGreaterThan(0.49);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(-0.5);
    expect(Math.min(...values)).toBeLessThan(-0.49);
    expect(Math.abs(values.reduce((sum, x) => sum + x, 0) / values.length)).toBeLessThan(0.02);
  });

  test('normal has the deviation', () => {
    const values = draw(normalInitializer(createRandom(1), 3));
    const deviation = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
    expect(Math.abs(deviation - 3)).toBeLessThan(0.1);
  });

  test('constant is the same everywhere', () => {
    expect(new Set(draw(constantInitializer(0.25)))).toEqual(new Set([0.25]));
  });
});

describe('createParameters', () => {
  test('fills in row-major order, keeps the order of names, and frees everything', () => {
    const before = memory().numTensors;
    const parameters = createParameters('block');
    let next = 0;
    const weight = parameters.add('weight', [2, 3], () => next++);
    const scale = parameters.add('a', [], constantInitializer(7));
    expect(weight.arraySync()).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect([scale.shape, scale.arraySync()]).toEqual([[], 7]);
    expect(Object.keys(parameters.all())).toEqual(['weight', 'a']);
    expect(parameters.all()['weight']).toBe(weight);
    expect(memory().numTensors).toBe(before + 2);
    parameters.dispose();
    parameters.dispose();
    expect(memory().numTensors).toBe(before);
    expect(() => parameters.all()).toThrow(
      expect.objectContaining({
        code: 'disposed',
        message: 'block: was used after dispose(). Build or load it again.',
      }),
    );
  });

  test('refuses a name twice', () => {
    const parameters = createParameters('block');
    parameters.add('w', [1], constantInitializer(0));
    expect(() => parameters.add('w', [1], constantInitializer(0))).toThrow(
      'block: expected parameter names to be unique but received "w".',
    );
    parameters.dispose();
  });
});

describe('withParameterBudget', () => {
  const build = (sizes: number[]): (() => void) => {
    const parameters = createParameters('block');
    sizes.forEach((size, i) => parameters.add(`p${i}`, [size], constantInitializer(0)));
    return parameters.dispose;
  };

  test('lets exactly as many numbers pass', () => {
    const before = memory().numTensors;
    withParameterBudget(5, () => build([2, 3]))();
    expect(memory().numTensors).toBe(before);
  });

  test('refuses one more before it is allocated, and frees what the block had', () => {
    const before = memory();
    const huge = 2 ** 50;
    expect(() => withParameterBudget(5, () => build([2, huge]))).toThrow(
      expect.objectContaining({
        code: 'corrupt-file',
        message: `block: expected a structure that fits the weights of the file but received "${huge - 3} numbers too many".`,
      }),
    );
    expect(memory().numTensors).toBe(before.numTensors);
  });

  test('ends with the call, errors or not, and nests', () => {
    const stop = (): never => {
      throw new Error('stop');
    };
    expect(() => withParameterBudget(0, stop)).toThrow('stop');
    build([100])();
    withParameterBudget(10, () => {
      withParameterBudget(1, () => build([1]))();
      build([10])();
    });
  });
});

test('prefixed puts a name before every name', () => {
  const parameters = createParameters('block');
  const w = parameters.add('w', [1], constantInitializer(0));
  expect(prefixed('encoder', parameters.all())).toEqual({ 'encoder.w': w });
  expect(prefixed('encoder', {})).toEqual({});
  parameters.dispose();
});

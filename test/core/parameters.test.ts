import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  buildBlock,
  constantInitializer,
  createParameterBudget,
  createParameters,
  normalInitializer,
  uniformInitializer,
  type NamedVariables,
  type ParameterBudget,
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

describe('the end of a set', () => {
  test('everything but a second dispose() is refused', () => {
    const parameters = createParameters('block');
    parameters.checkAlive();
    parameters.dispose();
    const disposed = expect.objectContaining({
      code: 'disposed',
      message: 'block: was used after dispose(). Build or load it again.',
    });
    expect(() => parameters.checkAlive()).toThrow(disposed);
    expect(() => parameters.all()).toThrow(disposed);
    expect(() => parameters.add('w', [1], constantInitializer(0))).toThrow(disposed);
    const part = oneWeight('part');
    expect(() => parameters.adopt('part', part)).toThrow(disposed);
    part.dispose();
  });
});

/** The smallest block: one weight `w` of two numbers. */
function oneWeight(owner: string): { parameters(): NamedVariables; dispose(): void } {
  const { add, all, dispose } = createParameters(owner);
  add('w', [2], constantInitializer(0));
  return { parameters: all, dispose };
}

describe('adopt', () => {
  test('shows the variables of a part under its prefix, after the own ones, and frees them', () => {
    const before = memory().numTensors;
    const parameters = createParameters('whole');
    const part = parameters.adopt('part', oneWeight('part'));
    const own = parameters.add('w', [1], constantInitializer(0));
    expect(Object.keys(parameters.all())).toEqual(['w', 'part.w']);
    expect(parameters.all()).toEqual({ w: own, 'part.w': part.parameters()['w'] });
    parameters.dispose();
    expect(memory().numTensors).toBe(before);
    expect(() => part.parameters()).toThrow('part: was used after dispose()');
  });

  test('parts of parts have both prefixes', () => {
    const parameters = createParameters('whole');
    const inner = createParameters('inner');
    inner.adopt('b', oneWeight('leaf'));
    parameters.adopt('a', { parameters: inner.all, dispose: inner.dispose });
    expect(Object.keys(parameters.all())).toEqual(['a.b.w']);
    parameters.dispose();
  });

  test('refuses a prefix under which there are parameters already, and names under a prefix', () => {
    const parameters = createParameters('whole');
    parameters.add('own.w', [1], constantInitializer(0));
    parameters.adopt('part', oneWeight('part'));
    const second = oneWeight('second');
    const refusal = (name: string): object =>
      expect.objectContaining({
        code: 'invalid-input',
        message: `whole: expected parameter names to be unique but received "${name}".`,
      }) as object;
    for (const prefix of ['part', 'own', 'part.inner'])
      expect(() => parameters.adopt(prefix, second)).toThrow(refusal(prefix));
    expect(() => parameters.add('part.w', [1], constantInitializer(0))).toThrow(refusal('part.w'));
    parameters.adopt('parts', second);
    parameters.dispose();
  });
});

describe('buildBlock', () => {
  test('gives what a block does its parameters and its end', () => {
    const before = memory().numTensors;
    const block = buildBlock('block', {}, (parameters) => {
      parameters.add('w', [2], constantInitializer(0));
      return { size: 2 };
    });
    expect(block.size).toBe(2);
    expect(Object.keys(block.parameters())).toEqual(['w']);
    block.dispose();
    expect(memory().numTensors).toBe(before);
    expect(() => block.parameters()).toThrow('block: was used after dispose()');
  });

  test('frees own variables and parts where building fails', () => {
    const before = memory().numTensors;
    const build = (): unknown =>
      buildBlock('block', {}, (parameters) => {
        parameters.adopt('part', oneWeight('part'));
        parameters.add('w', [2], constantInitializer(0));
        throw new Error('does not fit');
      });
    expect(build).toThrow('does not fit');
    expect(memory().numTensors).toBe(before);
  });
});

describe('createParameterBudget', () => {
  const build = (budget: ParameterBudget, sizes: number[]): (() => void) => {
    const parameters = createParameters('block', { budget });
    sizes.forEach((size, i) => parameters.add(`p${i}`, [size], constantInitializer(0)));
    return parameters.dispose;
  };

  test('lets exactly as many numbers pass', () => {
    const before = memory().numTensors;
    build(createParameterBudget(5), [2, 3])();
    expect(memory().numTensors).toBe(before);
  });

  test('refuses one more before it is allocated, and frees what the block had', () => {
    const before = memory();
    const huge = 2 ** 50;
    expect(() => build(createParameterBudget(5), [2, huge])).toThrow(
      expect.objectContaining({
        code: 'corrupt-file',
        message: `block: expected a structure that fits the weights of the file but received "${huge - 3} numbers too many".`,
      }),
    );
    expect(memory().numTensors).toBe(before.numTensors);
  });

  test('blocks share it, and what they freed is not given back', () => {
    const budget = createParameterBudget(5);
    build(budget, [3])();
    build(budget, [2])();
    expect(() => build(budget, [1])).toThrow('1 numbers too many');
  });
});

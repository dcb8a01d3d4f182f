import { memory, setBackend, sum, tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom, floats, largestError, useWasmKernels } from './reference.js';

beforeAll(useWasmKernels);
beforeEach(() => setBackend('wasm'));

const cases = [
  { shape: [7, 5], axis: 0 },
  { shape: [1, 1], axis: 0 },
  { shape: [0, 3], axis: 0 },
  { shape: [3, 0], axis: 0 },
  { shape: [2, 9, 33], axis: 1 },
  { shape: [3, 5, 7], axis: [0, 1] },
  { shape: [3, 5, 7], axis: [1, 0] },
  { shape: [2, 3, 4, 5], axis: [1, 2] },
  { shape: [1031, 31], axis: 0 },
  { shape: [4, 3], axis: -2 },
  // Left to tfjs:
  { shape: [4, 3], axis: 1 },
  { shape: [2, 3, 4], axis: [0, 2] },
  { shape: [6], axis: 0 },
  { shape: [2, 3], axis: undefined },
];

describe('Sum on wasm', () => {
  it.each(cases)('sums $shape over $axis', async ({ shape, axis }) => {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    const data = floats(createRandom(size + 1), size);
    for (const keepDims of [false, true]) {
      const compute = (): { shape: number[]; values: number[] } => {
        const x = tensor(data, shape);
        const y = sum(x, axis, keepDims);
        const result = { shape: y.shape, values: [...y.dataSync()] };
        x.dispose();
        y.dispose();
        return result;
      };
      const before = memory().numTensors;
      const ours = compute();
      expect(memory().numTensors).toBe(before);
      await setBackend('cpu');
      const expected = compute();
      await setBackend('wasm');
      expect(ours.shape).toEqual(expected.shape);
      expect(largestError(ours.values, expected.values)).toBeLessThan(1e-4);
    }
  });

  it('carries NaN and infinity', () => {
    const x = tensor([NaN, 1, Infinity, 2, 3, 4], [2, 3]);
    const y = sum(x, 0);
    expect([...y.dataSync()]).toEqual([NaN, 4, Infinity]);
    x.dispose();
    y.dispose();
  });

  it('sums integers as tfjs does', () => {
    const x = tensor([1, 2, 3, 4], [2, 2], 'int32');
    const y = sum(x, 0);
    expect(y.dtype).toBe('int32');
    expect([...y.dataSync()]).toEqual([4, 6]);
    x.dispose();
    y.dispose();
  });
});

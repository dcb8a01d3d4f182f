import { memory, reshape, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { linear } from '../../src/ops/linear.js';
import { expectTensor } from '../support/closeTo.js';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  test('linear maps the last axis of any rank', () => {
    const before = memory().numTensors;
    tidy(() => {
      const weight = tensor2d([[1, 0], [0, 1], [1, 1]]); // prettier-ignore
      const bias = tensor1d([10, 20, 30]);
      const x = tensor2d([[1, 2], [3, 4]]); // prettier-ignore
      expectTensor(linear(x, weight), [2, 3], [1, 2, 3, 3, 4, 7]);
      expectTensor(linear(x, weight, null), [2, 3], [1, 2, 3, 3, 4, 7]);
      expectTensor(linear(reshape(x, [1, 2, 1, 2]), weight, bias), [1, 2, 1, 3], [11, 22, 33, 13, 24, 37]);
      expectTensor(linear(tensor1d([1, 2]), weight, bias), [3], [11, 22, 33]);
    });
    expect(memory().numTensors).toBe(before);
  });

  test.each(['int32', 'bool'] as const)('linear takes inputs of dtype %s for numbers', (dtype) => {
    const before = memory().numTensors;
    tidy(() => {
      const [weight, bias] = [tensor2d([[0.5, 0.25]]), tensor1d([0.125])]; // prettier-ignore
      const x = tensor2d([[1, 1], [0, 1]], [2, 2], dtype); // prettier-ignore
      expectTensor(linear(x, weight), [2, 1], [0.75, 0.25]);
      expectTensor(linear(x, weight, bias), [2, 1], [0.875, 0.375]);
    });
    expect(memory().numTensors).toBe(before);
  });
});

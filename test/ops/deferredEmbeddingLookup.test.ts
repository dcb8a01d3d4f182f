import { add, grad, memory, mul, profile, sum, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import '#gradients';
import { useBackend } from '../../src/backend/useBackend.js';
import { deferredEmbeddingLookup } from '../../src/ops/deferredEmbeddingLookup.js';
import { expectTensor } from '../support/closeTo.js';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  test('deferredEmbeddingLookup takes rows, and adds the gradients of all lookups up at once', async () => {
    const before = memory().numTensors;
    const weight = tensor2d([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    const [first, second] = [tensor1d([2, 0], 'int32'), tensor1d([2], 'int32')];
    const twice = (w: Tensor): Tensor => {
      const lookUp = deferredEmbeddingLookup(w as Tensor2D);
      lookUp(second); // nobody reads it
      const rows = lookUp(first);
      expectTensor(rows, [2, 2], [5, 6, 1, 2]);
      return add(sum(mul(rows, 10)), sum(lookUp(second)));
    };
    const { kernels } = await profile(() => {
      tidy(() => {
        expectTensor(grad(twice)(weight), [3, 2], [10, 10, 0, 0, 11, 11]);
      });
      return [];
    });
    expect(kernels.filter(({ name }) => name === 'UnsortedSegmentSum')).toHaveLength(1);
    tidy(() => {
      expectTensor(deferredEmbeddingLookup(weight)(second), [1, 2], [5, 6]); // outside of a tape
    });
    [weight, first, second].forEach((tensor) => tensor.dispose());
    expect(memory().numTensors).toBe(before);
  });
});

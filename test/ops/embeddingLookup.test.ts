import { grad, memory, sum, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import '#gradients';
import { useBackend } from '../../src/backend/useBackend.js';
import { embeddingLookup } from '../../src/ops/embeddingLookup.js';
import { expectTensor } from '../support/closeTo.js';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  test('embeddingLookup takes rows, and the gradient of an id that comes twice adds up', () => {
    const before = memory().numTensors;
    tidy(() => {
      const weight = tensor2d([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
      const ids = tensor2d([[2, 0], [2, 2]], undefined, 'int32'); // prettier-ignore
      expectTensor(embeddingLookup(weight, ids), [2, 2, 2], [5, 6, 1, 2, 5, 6, 5, 6]);
      const slope = grad((w) => sum(embeddingLookup(w as typeof weight, ids)))(weight);
      expectTensor(slope, [3, 2], [1, 1, 0, 0, 3, 3]);
    });
    expect(memory().numTensors).toBe(before);
  });
});

import { grad, memory, mul, sum, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import '#gradients';
import { useBackend } from '../../src/backend/useBackend.js';
import { gatherTokens, realTokens, repeatForTokens } from '../../src/ops/realTokens.js';
import { expectTensor } from '../support/closeTo.js';

test('lists positions and rows of real tokens, sentence by sentence', () => {
  expect(realTokens(Int32Array.of(2, 0, 3), 3)).toEqual({
    count: 5,
    positions: Int32Array.of(0, 1, 6, 7, 8),
    rows: Int32Array.of(0, 0, 2, 2, 2),
  });
});

test('needs no positions where every token is real', () => {
  expect(realTokens(Int32Array.of(2, 2), 2)).toEqual({
    count: 4,
    positions: null,
    rows: Int32Array.of(0, 0, 1, 1),
  });
});

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  test('gathers ids, and vectors with their gradient', () => {
    const before = memory().numTensors;
    const tokens = realTokens(Int32Array.of(3, 1), 3);
    tidy(() => {
      const ids = tensor2d([[4, 5, 6], [7, 0, 0]], undefined, 'int32'); // prettier-ignore
      const gathered = gatherTokens(ids, tokens);
      expect(gathered.dtype).toBe('int32');
      expectTensor(gathered, [4], [4, 5, 6, 7]);

      const sequence = tensor3d([[[1, 2], [3, 4], [5, 6]], [[7, 8], [9, 10], [11, 12]]]); // prettier-ignore
      expectTensor(gatherTokens<Tensor2D>(sequence, tokens), [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
      const weights = tensor2d([[1, 2], [3, 4], [5, 6], [7, 8]]); // prettier-ignore
      const slope = grad((x) => sum(mul(gatherTokens<Tensor2D>(x, tokens), weights)))(sequence) as Tensor3D;
      expectTensor(slope, [2, 3, 2], [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0]);
    });
    expect(memory().numTensors).toBe(before);
  });

  test('repeats a row for each of its tokens, and sums their gradients', () => {
    const before = memory().numTensors;
    const tokens = realTokens(Int32Array.of(3, 1), 3);
    tidy(() => {
      const rows = tensor2d([[1, 2], [3, 4]]); // prettier-ignore
      expectTensor(repeatForTokens(rows, tokens), [4, 2], [1, 2, 1, 2, 1, 2, 3, 4]);
      const slope = grad((x) => sum(repeatForTokens(x as Tensor2D, tokens)))(rows);
      expectTensor(slope, [2, 2], [3, 3, 1, 1]);
    });
    expect(memory().numTensors).toBe(before);
  });
});

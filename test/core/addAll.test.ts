import '@tensorflow/tfjs-backend-cpu';
import { dispose, memory, tensor1d } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { addAll } from '../../src/core/addAll.js';

test.each([1, 2, 7, 8, 13, 14, 37])('adds %i tensors and frees the partial sums', (count) => {
  const tensors = Array.from({ length: count }, (_, i) => tensor1d([i, 1]));
  const before = memory().numTensors;
  const total = addAll(tensors);
  expect([...total.dataSync()]).toEqual([(count * (count - 1)) / 2, count]);
  expect(memory().numTensors).toBe(before + 1);
  dispose([total, ...tensors]);
});

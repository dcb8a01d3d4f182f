import '@tensorflow/tfjs-backend-cpu';
import { memory, setBackend, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { sinusoidalPositions } from '../../src/ops/sinusoidalPositions.js';
import { expectTensor } from '../support/closeTo.js';

beforeAll(async () => {
  await setBackend('cpu');
});

test('columns alternate sine and cosine of falling frequencies', () => {
  const before = memory().numTensors;
  tidy(() => {
    const slow = Math.pow(10000, -2 / 3);
    expectTensor(
      sinusoidalPositions(5, 2, 3),
      [2, 3],
      [5, 6].flatMap((p) => [Math.sin(p), Math.cos(p), Math.sin(p * slow)]),
      1e-6,
    );
  });
  expect(memory().numTensors).toBe(before);
});

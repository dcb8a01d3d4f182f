import '@tensorflow/tfjs-backend-cpu';
import '#gradients';
import { grad, memory, mul, setBackend, sum, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { maskedMax, maskedMean } from '../../src/ops/maskedPooling.js';
import { expectTensor } from '../support/closeTo.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const rows = (): ReturnType<typeof tensor3d> =>
  tensor3d([
    [
      [-2, 1],
      [-4, 1],
      [9, 9],
    ],
    [
      [5, 5],
      [6, 6],
      [7, 7],
    ],
  ]);

test('mean and maximum see the real positions only; a row without any gives 0', () => {
  const before = memory().numTensors;
  tidy(() => {
    const mask = tensor2d([
      [1, 1, 0],
      [0, 0, 0],
    ]);
    expectTensor(maskedMean(rows(), mask), [2, 2], [-3, 1, 0, 0]);
    expectTensor(maskedMax(rows(), mask), [2, 2], [-2, 1, 0, 0], 0);
  });
  expect(memory().numTensors).toBe(before);
});

test('the maximum passes its gradient to where it stood, in equal shares, and none to padding', () => {
  const before = memory().numTensors;
  tidy(() => {
    const mask = tensor2d([
      [1, 1, 0],
      [1, 1, 1],
    ]);
    const slope = grad((x) =>
      sum(
        mul(
          maskedMax(x as ReturnType<typeof rows>, mask),
          tensor2d([
            [10, 20],
            [30, 40],
          ]),
        ),
      ),
    )(rows());
    expectTensor(slope, [2, 3, 2], [10, 10, 0, 10, 0, 0, 0, 0, 0, 0, 30, 40], 0);
  });
  expect(memory().numTensors).toBe(before);
});

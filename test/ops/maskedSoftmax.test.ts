import '@tensorflow/tfjs-backend-cpu';
import '#gradients';
import { grad, memory, mul, setBackend, sum, tensor2d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { maskedSoftmax } from '../../src/ops/maskedSoftmax.js';

beforeAll(async () => {
  await setBackend('cpu');
});

test('shares the weight among the allowed positions only', () => {
  const weights = tidy(() =>
    maskedSoftmax(
      tensor2d([
        [0, Math.log(3), 50],
        [7, 7, 7],
      ]),
      tensor2d([
        [1, 1, 0],
        [0, 1, 1],
      ]),
    ).arraySync(),
  );
  expect(weights[0]?.[0]).toBeCloseTo(0.25, 6);
  expect(weights[0]?.[1]).toBeCloseTo(0.75, 6);
  expect(weights[0]?.[2]).toBe(0);
  expect(weights[1]).toEqual([0, 0.5, 0.5]);
});

test('a row without any allowed position is 0, and so is its gradient', () => {
  const mask = tensor2d([[0, 0]]);
  const scores = tensor2d([[3, 4]]);
  expect([...maskedSoftmax(scores, mask).dataSync()]).toEqual([0, 0]);
  const gradient = grad((x) => sum(mul(maskedSoftmax(x, mask), tensor2d([[1, 2]]))))(scores);
  expect([...gradient.dataSync()].map(Math.abs)).toEqual([0, 0]);
});

test('a mask broadcasts, and large scores of either sign stay exact', () => {
  const scores = tensor3d([
    [
      [1e4, 1e4, -1e4],
      [-1e4, -1e4, 1e4],
    ],
  ]);
  const weights = maskedSoftmax(scores, tensor3d([[[1, 1, 0]]]));
  expect(weights.arraySync()).toEqual([
    [
      [0.5, 0.5, 0],
      [0.5, 0.5, 0],
    ],
  ]);
});

test('weights and gradients are exactly 0 where masked, whatever the scores', () => {
  const finite = fc.float({ min: -50, max: 50, noNaN: true });
  const position = fc.record({ score: finite, allowed: fc.boolean(), cotangent: finite });
  fc.assert(
    fc.property(fc.array(position, { minLength: 1, maxLength: 7 }), (row) => {
      const before = memory().numTensors;
      tidy(() => {
        const mask = tensor2d([row.map((item) => (item.allowed ? 1 : 0))]);
        const cotangent = tensor2d([row.map((item) => item.cotangent)]);
        const scores = tensor2d([row.map((item) => item.score)]);
        const weights = [...maskedSoftmax(scores, mask).dataSync()];
        const gradient = [...grad((x) => sum(mul(maskedSoftmax(x, mask), cotangent)))(scores).dataSync()];
        row.forEach((item, index) => {
          if (!item.allowed) expect([weights[index], Math.abs(gradient[index] as number)]).toEqual([0, 0]);
        });
        if (row.some((item) => item.allowed)) {
          expect(weights.reduce((total, weight) => total + weight, 0)).toBeCloseTo(1, 5);
          expect(gradient.reduce((total, slope) => total + slope, 0)).toBeCloseTo(0, 4);
        }
      });
      expect(memory().numTensors).toBe(before);
    }),
    { seed: 7, numRuns: 60 },
  );
});

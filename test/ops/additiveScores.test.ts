import '@tensorflow/tfjs-backend-cpu';
import '#gradients';
import {
  add,
  expandDims,
  grads,
  memory,
  mul,
  randomNormal,
  setBackend,
  sum,
  tanh,
  tensor2d,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { additiveScores } from '../../src/ops/additiveScores.js';

beforeAll(async () => {
  await setBackend('cpu');
});

test('scores are the weighted hyperbolic tangents of query plus key', () => {
  const before = memory().numTensors;
  tidy(() => {
    const scores = additiveScores(
      tensor3d([[[1, 0]]]),
      tensor3d([
        [
          [0, 0],
          [-1, 2],
        ],
      ]),
      tensor2d([[10, 100]]),
    );
    const [[[first, second]]] = scores.arraySync() as [[[number, number]]];
    expect(first).toBeCloseTo(10 * Math.tanh(1), 5);
    expect(second).toBeCloseTo(100 * Math.tanh(2), 4);
  });
  expect(memory().numTensors).toBe(before);
});

test.each([1, 3])('values and gradients equal the direct formula for %i queries', (count) => {
  const before = memory().numTensors;
  tidy(() => {
    const queries = randomNormal([2, count, 5], 0, 1, 'float32', 1);
    const keys = randomNormal([2, 7, 5], 0, 1, 'float32', 2);
    const energy = randomNormal([1, 5], 0, 1, 'float32', 3);
    const cotangent = randomNormal([2, count, 7], 0, 1, 'float32', 4);
    const direct = (q: Tensor, k: Tensor, v: Tensor): Tensor =>
      sum(mul(tanh(add(expandDims(q, 2), expandDims(k, 1))), v), -1);
    const ours = (q: Tensor, k: Tensor, v: Tensor): Tensor =>
      additiveScores(q as Tensor3D, k as Tensor3D, v as Tensor2D);
    const of = (scores: typeof ours): Tensor[] => [
      scores(queries, keys, energy),
      ...grads((q: Tensor, k: Tensor, v: Tensor) => sum(mul(scores(q, k, v), cotangent)))([
        queries,
        keys,
        energy,
      ]),
    ];
    const expected = of(direct);
    of(ours).forEach((tensor, index) => {
      expect(tensor.shape).toEqual(expected[index]?.shape);
      const values = expected[index]?.dataSync() as Float32Array;
      tensor.dataSync().forEach((value, i) => expect(value).toBeCloseTo(values[i] as number, 4));
    });
  });
  expect(memory().numTensors).toBe(before);
});

import '@tensorflow/tfjs-backend-cpu';
import '#gradients';
import {
  add,
  div,
  grads,
  mean,
  memory,
  mul,
  randomNormal,
  setBackend,
  sqrt,
  square,
  sub,
  sum,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { layerNorm } from '../../src/ops/layerNorm.js';
import { expectTensor } from '../support/closeTo.js';

beforeAll(async () => {
  await setBackend('cpu');
});

test('centres each row, divides by its deviation, then scales and shifts', () => {
  const before = memory().numTensors;
  tidy(() => {
    const y = layerNorm(
      tensor2d([
        [1, 3],
        [-5, -5],
      ]),
      tensor1d([10, 20]),
      tensor1d([1, 2]),
      0.5,
    );
    const half = 1 / Math.sqrt(1.5);
    expectTensor(y, [2, 2], [1 - 10 * half, 2 + 20 * half, 1, 2]);
  });
  expect(memory().numTensors).toBe(before);
});

test('values and gradients equal the direct formula', () => {
  const before = memory().numTensors;
  tidy(() => {
    const x = randomNormal([2, 3, 5], 2, 3, 'float32', 1);
    const scale = randomNormal([5], 0, 1, 'float32', 2);
    const shift = randomNormal([5], 0, 1, 'float32', 3);
    const cotangent = randomNormal([2, 3, 5], 0, 1, 'float32', 4);
    const ours = (a: Tensor, b: Tensor, c: Tensor): Tensor => layerNorm(a, b as Tensor1D, c as Tensor1D);
    const direct = (a: Tensor, b: Tensor, c: Tensor): Tensor => {
      const centred = sub(a, mean(a, -1, true));
      const deviation = sqrt(add(mean(square(centred), -1, true), 1e-5));
      return add(mul(div(centred, deviation), b), c);
    };
    const of = (norm: typeof ours): Tensor[] => [
      norm(x, scale, shift),
      ...grads((a: Tensor, b: Tensor, c: Tensor) => sum(mul(norm(a, b, c), cotangent)))([x, scale, shift]),
    ];
    const expected = of(direct);
    of(ours).forEach((tensor, i) => {
      const wanted = expected[i] as Tensor;
      expectTensor(tensor, wanted.shape, wanted.dataSync());
    });
  });
  expect(memory().numTensors).toBe(before);
});

import '@tensorflow/tfjs-backend-cpu';
import '#gradients';
import { grad, memory, mul, setBackend, sum, tensor1d, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { noGradient } from '../../src/core/noGradient.js';

beforeAll(async () => {
  await setBackend('cpu');
});

test('what stands inside counts as a constant', () => {
  const before = memory().numTensors;
  tidy(() => {
    const x = tensor1d([2, 3, 5]);
    const slope = grad((x) =>
      sum(
        mul(
          x,
          noGradient(() => mul(x, x)),
        ),
      ),
    )(x);
    expect([...slope.dataSync()]).toEqual([4, 9, 25]); // x², where 3 x² would be the whole gradient
  });
  expect(memory().numTensors).toBe(before);
});

test('works outside of a tape, and frees what it makes besides its result', () => {
  const before = memory().numTensors;
  const x = tensor1d([2]);
  const result = noGradient(() => mul(mul(x, 3), 5));
  expect(result.dataSync()[0]).toBe(30);
  expect(memory().numTensors).toBe(before + 2);
  x.dispose();
  result.dispose();
});

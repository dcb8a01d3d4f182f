import '@tensorflow/tfjs-backend-cpu';
import '#gradients';
import {
  conv1d,
  grads,
  memory,
  mul,
  randomNormal,
  setBackend,
  sum,
  tensor1d,
  tensor3d,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import type { Tensor, Tensor1D, Tensor3D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { convolution1d } from '../../src/ops/convolution1d.js';
import { expectTensor } from '../support/closeTo.js';

beforeAll(async () => {
  await setBackend('cpu');
});

// One channel, x = 1, 2, 3, and taps that show in the digits which position they met.
test.each([
  { name: 'an odd kernel is centred', taps: [1, 10, 100], dilation: 1, expected: [210, 321, 32] },
  { name: 'an even kernel looks one further ahead', taps: [1, 10], dilation: 1, expected: [21, 32, 3] },
  { name: 'a dilated kernel skips', taps: [1, 10, 100], dilation: 2, expected: [310, 20, 31] },
  {
    name: 'taps that always lie outside count for nothing',
    taps: [1, 10, 100],
    dilation: 3,
    expected: [10, 20, 30],
  },
  { name: 'a kernel of one looks at each position alone', taps: [10], dilation: 1, expected: [10, 20, 30] },
])('$name', ({ taps, dilation, expected }) => {
  const before = memory().numTensors;
  tidy(() => {
    const y = convolution1d(tensor3d([[[1], [2], [3]]]), tensor3d([[taps]]), tensor1d([1000]), dilation);
    expectTensor(
      y,
      [1, 3, 1],
      expected.map((value) => value + 1000),
    );
  });
  expect(memory().numTensors).toBe(before);
});

test.each([3, 5])('values and gradients equal those of tf.conv1d, kernel %i', (kernel) => {
  const before = memory().numTensors;
  tidy(() => {
    const x = randomNormal([2, 7, 3], 0, 1, 'float32', 1);
    const weight = randomNormal([5, 3, kernel], 0, 1, 'float32', 2);
    const cotangent = randomNormal([2, 7, 5], 0, 1, 'float32', 3);
    const ours = (a: Tensor, b: Tensor): Tensor =>
      convolution1d(a as Tensor3D, b as Tensor3D, zeros([5]) as Tensor1D, 1);
    const theirs = (a: Tensor, b: Tensor): Tensor =>
      conv1d(a as Tensor3D, transpose(b as Tensor3D, [2, 1, 0]), 1, 'same');
    const of = (f: typeof ours): Tensor[] => [
      f(x, weight),
      ...grads((a: Tensor, b: Tensor) => sum(mul(f(a, b), cotangent)))([x, weight]),
    ];
    const expected = of(theirs);
    of(ours).forEach((tensor, i) => {
      const wanted = expected[i] as Tensor;
      expectTensor(tensor, wanted.shape, wanted.dataSync(), 1e-4);
    });
  });
  expect(memory().numTensors).toBe(before);
});

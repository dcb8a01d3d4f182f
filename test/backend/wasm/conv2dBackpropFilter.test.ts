import '#gradients';
import {
  conv1d,
  conv2d,
  engine,
  grads,
  zeros,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom, largestError, plain, runOn, useWasmKernels } from './reference.js';

describe('Conv2DBackpropFilter on wasm', () => {
  beforeAll(useWasmKernels);

  it.each([
    { batch: 2, size: [5, 7], filter: [3, 2], channels: [3, 5], stride: 1, pad: 'same' },
    { batch: 3, size: [8, 9], filter: [3, 3], channels: [1, 4], stride: 2, pad: 'valid' },
    { batch: 1, size: [4, 4], filter: [1, 1], channels: [33, 31], stride: 1, pad: 'valid' },
    { batch: 2, size: [6, 5], filter: [3, 3], channels: [2, 1], stride: 1, pad: 2 },
    { batch: 5, size: [40, 41], filter: [5, 5], channels: [8, 3], stride: 1, pad: 'same' },
  ] as const)(
    'gives the gradients of the cpu backend for %o',
    async ({ batch, size, filter, channels, stride, pad }) => {
      const random = createRandom(1);
      const inputs = {
        x: plain(random, [batch, ...size, channels[0]]),
        w: plain(random, [...filter, ...channels]),
      };
      const run = (backend: 'cpu' | 'wasm') =>
        runOn(backend, inputs, ({ x, w }) =>
          grads((a: Tensor, b: Tensor) => conv2d(a as Tensor4D, b as Tensor4D, stride, pad))([x, w]),
        );
      const [expected, actual] = [await run('cpu'), await run('wasm')];
      actual.forEach(({ shape, values }, i) => {
        expect(shape).toEqual(expected[i]?.shape);
        expect(largestError(values, expected[i]?.values ?? [])).toBeLessThan(1e-4);
      });
    },
  );

  it('trains a conv1d', async () => {
    const random = createRandom(2);
    const inputs = { x: plain(random, [2, 11, 3]), w: plain(random, [3, 3, 5]) };
    const run = (backend: 'cpu' | 'wasm') =>
      runOn(backend, inputs, ({ x, w }) =>
        grads((a: Tensor, b: Tensor) => conv1d(a as Tensor3D, b as Tensor3D, 1, 'same'))([x, w]),
      );
    const [expected, actual] = [await run('cpu'), await run('wasm')];
    actual.forEach(({ values }, i) => {
      expect(largestError(values, expected[i]?.values ?? [])).toBeLessThan(1e-5);
    });
  });

  it('refuses what it cannot do', async () => {
    const attributes = {
      strides: 1,
      pad: 'valid',
      dataFormat: 'NCHW',
      dimRoundingMode: 'floor',
      filterShape: [1, 1, 1, 1],
    };
    const x = zeros([1, 1, 1, 1]);
    await useWasmKernels();
    expect(() => engine().runKernel('Conv2DBackpropFilter', { x, dy: x }, attributes)).toThrow(
      'expected float32 and NHWC but received float32, float32 and NCHW',
    );
    x.dispose();
  });
});

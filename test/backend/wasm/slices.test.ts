import { memory, setBackend, slice, split, tensor, unstack, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useWasmKernels } from './reference.js';

beforeAll(useWasmKernels);
beforeEach(() => setBackend('wasm'));

const dtypes = ['float32', 'int32', 'bool'] as const;

/** What both backends make of 0, 1, 2 … in `shape`. */
async function compare(
  shape: readonly number[],
  dtype: (typeof dtypes)[number],
  take: (x: Tensor) => Tensor[],
): Promise<void> {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  const compute = (): { shape: number[]; values: number[] }[] => {
    const x = tensor(
      Array.from({ length: size }, (_, i) => (dtype === 'bool' ? i % 2 : i)),
      [...shape],
      dtype,
    );
    const results = take(x).map((part) => {
      expect(part.dtype).toBe(dtype);
      const result = { shape: part.shape, values: [...part.dataSync()] };
      part.dispose();
      return result;
    });
    x.dispose();
    return results;
  };
  const before = memory().numTensors;
  const ours = compute();
  expect(memory().numTensors).toBe(before);
  await setBackend('cpu');
  expect(ours).toEqual(compute());
}

describe.each(dtypes)('parts of %s tensors on wasm', (dtype) => {
  it.each([
    { shape: [7], begin: [2], size: [3] },
    { shape: [7], begin: [0], size: [0] },
    { shape: [5, 7], begin: [1, 2], size: [3, 4] },
    { shape: [5, 7], begin: [1, 0], size: [3, 7] },
    { shape: [3, 5, 7], begin: [0, 2, 0], size: [3, 1, 7] },
    { shape: [3, 5, 7], begin: [1, 2, 3], size: [2, 3, 2] },
    { shape: [2, 3, 5, 7], begin: [0, 1, 2, 3], size: [2, 2, 3, 4] },
    { shape: [2, 3, 5, 7], begin: [1, 0, 4, 0], size: [1, 3, 1, 7] },
    { shape: [2, 3, 2, 3, 5], begin: [0, 1, 1, 0, 2], size: [2, 2, 1, 3, 3] },
    { shape: [4, 3], begin: [1, 1], size: [-1, -1] },
  ])('slices $shape at $begin by $size', ({ shape, begin, size }) =>
    compare(shape, dtype, (x) => [slice(x, begin, size)]),
  );

  it.each([
    { shape: [6, 5], parts: 3, axis: 0 },
    { shape: [5, 6], parts: 3, axis: 1 },
    { shape: [2, 6, 3], parts: [1, 2, 3], axis: 1 },
    { shape: [2, 3, 4], parts: 2, axis: -1 },
  ])('splits $shape into $parts along $axis', ({ shape, parts, axis }) =>
    compare(shape, dtype, (x) => split(x, parts, axis)),
  );

  it.each([
    { shape: [4], axis: 0 },
    { shape: [3, 5], axis: 1 },
    { shape: [2, 3, 5], axis: 1 },
    { shape: [2, 3, 5], axis: 0 },
  ])('unstacks $shape along $axis', ({ shape, axis }) => compare(shape, dtype, (x) => unstack(x, axis)));
});

it('refuses a slice that leaves the tensor', () => {
  const x = tensor([1, 2, 3]);
  expect(() => slice(x, [2], [3])).toThrow();
  x.dispose();
});

it('leaves strings to tfjs', async () => {
  const x = tensor(['a', 'b', 'c', 'd'], [2, 2]);
  const y = slice(x, [0, 1], [2, 1]);
  expect(await y.data()).toEqual(['b', 'd']);
  x.dispose();
  y.dispose();
});

import { gather, memory, setBackend, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useWasmKernels } from './reference.js';

beforeAll(useWasmKernels);
beforeEach(() => setBackend('wasm'));

const size = (shape: readonly number[]): number =>
  shape.reduce((product, dimension) => product * dimension, 1);

describe('gather on wasm', () => {
  it.each([
    { x: [5, 3], ids: [4, 0, 0, 2], shape: [4], axis: 0, batchDims: 0 },
    { x: [7], ids: [6, 1, 6], shape: [3], axis: 0, batchDims: 0 },
    { x: [5, 3, 2], ids: [1, 4, 0, 3, 3, 2], shape: [2, 3], axis: 0, batchDims: 0 },
    { x: [2, 5, 3], ids: [4, 0, 1], shape: [3], axis: 1, batchDims: 0 },
    { x: [2, 3, 5], ids: [4, 0, 4, 2], shape: [2, 2], axis: -1, batchDims: 0 },
    { x: [2, 5, 3], ids: [4, 0, 1, 2, 2, 3], shape: [2, 3], axis: 1, batchDims: 1 },
    { x: [3, 7], ids: [6, 0, 1, 2, 2, 5], shape: [3, 2], axis: 1, batchDims: 1 },
    { x: [2, 3, 5], ids: [4, 0, 1, 2], shape: [2, 2], axis: 2, batchDims: 1 },
    { x: [5, 3], ids: [], shape: [0], axis: 0, batchDims: 0 },
  ])(
    'picks $ids along axis $axis of $x, $batchDims batch dimensions',
    async ({ x, ids, shape, axis, batchDims }) => {
      for (const dtype of ['float32', 'int32', 'bool'] as const) {
        const compute = (): { shape: number[]; dtype: string; values: number[] } => {
          const values = Array.from({ length: size(x) }, (_, i) => (dtype === 'bool' ? (i >> 1) % 2 : i));
          const from = tensor(values, x, dtype);
          const indices = tensor(ids, shape, 'int32');
          const picked: Tensor = gather(from, indices as never, axis, batchDims);
          const result = { shape: picked.shape, dtype: picked.dtype, values: [...picked.dataSync()] };
          for (const each of [from, indices, picked]) each.dispose();
          return result;
        };
        await setBackend('wasm');
        const before = memory().numTensors;
        const ours = compute();
        expect(memory().numTensors).toBe(before);
        await setBackend('cpu');
        expect(ours).toEqual(compute());
      }
    },
  );

  it.each([-1, 5])('refuses index %i of five rows and leaves nothing behind', (wrong) => {
    const x = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [5, 2]);
    const ids = tensor([0, wrong], [2], 'int32');
    const before = memory();
    expect(() => gather(x, ids as never)).toThrow(/position 1 of indices is not in \[0, 4\]/);
    expect(memory().numTensors).toBe(before.numTensors);
    x.dispose();
    ids.dispose();
  });
});

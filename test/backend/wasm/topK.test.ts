import { memory, setBackend, tensor2d, topk } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { useWasmKernels } from './reference.js';

beforeAll(useWasmKernels);
beforeEach(() => setBackend('wasm'));

interface Best {
  readonly values: number[][];
  readonly indices: number[][];
}

function best(rows: readonly number[][], k: number): Best {
  const before = memory().numTensors;
  const x = tensor2d([...rows]);
  const { values, indices } = topk(x, k);
  const result = { values: values.arraySync(), indices: indices.arraySync() };
  expect([values.dtype, indices.dtype]).toEqual(['float32', 'int32']);
  for (const tensor of [x, values, indices]) tensor.dispose();
  expect(memory().numTensors).toBe(before);
  return result;
}

describe('topk on wasm', () => {
  it('puts the largest first, and the earlier of equals', () => {
    expect(best([[3, 9, 3, 1, 9, 2]], 4)).toEqual({ values: [[9, 9, 3, 3]], indices: [[1, 4, 0, 2]] });
  });

  it('finds infinities, and puts NaN last', () => {
    expect(best([[NaN, -Infinity, 2, NaN, Infinity, 1, 0, 0, 7]], 3)).toEqual({
      values: [[Infinity, 7, 2]],
      indices: [[4, 8, 2]],
    });
    expect(best([[NaN, -Infinity, NaN, NaN, NaN]], 2)).toEqual({
      values: [[-Infinity, NaN]],
      indices: [[1, 0]],
    });
  });

  it('agrees with a sort of each row, ties and all sizes', () => {
    fc.assert(
      fc.property(
        fc
          .record({ rows: fc.integer({ min: 1, max: 4 }), size: fc.integer({ min: 1, max: 41 }) })
          .chain(({ rows, size }) =>
            fc.record({
              k: fc.integer({ min: 1, max: size }),
              x: fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: size, maxLength: size }), {
                minLength: rows,
                maxLength: rows,
              }),
            }),
          ),
        ({ k, x }) => {
          const indices = x.map((row) =>
            row
              .map((_, i) => i)
              .sort((a, b) => (row[b] as number) - (row[a] as number) || a - b)
              .slice(0, k),
          );
          const values = indices.map((order, row) => order.map((i) => x[row]?.[i] as number));
          expect(best(x, k)).toEqual({ values, indices });
        },
      ),
      { seed: 3, numRuns: 200 },
    );
  });

  it('leaves many, and other types, to tfjs', () => {
    const row = Array.from({ length: 100 }, (_, i) => (i * 37) % 100);
    expect(best([row], 80).values[0]?.slice(0, 3)).toEqual([99, 98, 97]);
    const before = memory().numTensors;
    const x = tensor2d([[3, 1, 2]], undefined, 'int32');
    const { values, indices } = topk(x, 2);
    expect([values.dtype, ...values.dataSync(), ...indices.dataSync()]).toEqual(['int32', 3, 2, 0, 2]);
    for (const tensor of [x, values, indices]) tensor.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

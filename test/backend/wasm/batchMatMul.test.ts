import { engine, matMul, memory, tensor, type Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom, floats, largestError, multiply64, randomTensor, useWasmKernels } from './reference.js';

const transposes = [
  [false, false],
  [false, true],
  [true, false],
  [true, true],
] as const;

describe('BatchMatMul on wasm', () => {
  beforeAll(useWasmKernels);

  /** Runs one product and returns its error against float64. */
  function check(
    rows: number,
    depth: number,
    columns: number,
    transposeA: boolean,
    transposeB: boolean,
    seed = 1,
  ): number {
    const random = createRandom(seed);
    const a = floats(random, rows * depth);
    const b = floats(random, depth * columns);
    const before = memory().numTensors;
    const x = tensor(a, transposeA ? [depth, rows] : [rows, depth]);
    const y = tensor(b, transposeB ? [columns, depth] : [depth, columns]);
    const product = matMul(x, y, transposeA, transposeB);
    expect(product.shape).toEqual([rows, columns]);
    const error = largestError(
      product.dataSync(),
      multiply64(a, transposeA, b, transposeB, [rows, depth, columns]),
    );
    for (const used of [x, y, product]) used.dispose();
    expect(memory().numTensors).toBe(before);
    return error;
  }

  for (const [transposeA, transposeB] of transposes) {
    describe(`transposeA ${transposeA}, transposeB ${transposeB}`, () => {
      it('agrees with float64 at every edge of the tiles', () => {
        const sizes = [1, 2, 3, 7, 8, 9, 13];
        for (const rows of sizes) {
          for (const depth of [1, 3, 4, 8, 11]) {
            for (const columns of sizes) {
              expect(
                check(rows, depth, columns, transposeA, transposeB),
                `${rows}x${depth}x${columns}`,
              ).toBeLessThan(1e-5);
            }
          }
        }
      });

      it.each([
        [31, 33, 32],
        [33, 31, 31],
        [32, 32, 33],
        [131, 257, 67],
        [5, 1031, 1027],
        [12, 2053, 29],
        [129, 513, 521],
        [1, 700, 1],
        [300, 300, 1],
        [1, 40000, 3],
        [9, 40000, 3],
      ])('agrees with float64 at %i x %i x %i', (rows, depth, columns) => {
        expect(check(rows, depth, columns, transposeA, transposeB)).toBeLessThan(2e-4);
      });

      it('agrees with float64 at random sizes', () => {
        const size = fc.integer({ min: 1, max: 70 });
        fc.assert(
          fc.property(size, size, size, fc.nat(), (rows, depth, columns, seed) => {
            expect(check(rows, depth, columns, transposeA, transposeB, seed)).toBeLessThan(1e-4);
          }),
          { seed: 7, numRuns: 150 },
        );
      });

      it.each([2, 40])('carries NaN and infinity through %i rows to exactly their row and column', (rows) => {
        const [depth, columns] = [37, 19];
        const random = createRandom(3);
        const a = floats(random, rows * depth);
        const b = floats(random, depth * columns);
        a[1] = NaN;
        a[rows * depth - 1] = Infinity;
        b[depth * columns - 1] = -Infinity;
        const x = tensor(a, transposeA ? [depth, rows] : [rows, depth]);
        const y = tensor(b, transposeB ? [columns, depth] : [depth, columns]);
        const product = matMul(x, y, transposeA, transposeB);
        const expected = multiply64(a, transposeA, b, transposeB, [rows, depth, columns]);
        expect(largestError(product.dataSync(), expected)).toBeLessThan(1e-4);
        for (const used of [x, y, product]) used.dispose();
      });

      it.each([
        [0, 3, 4],
        [3, 0, 4],
        [3, 4, 0],
        [0, 0, 0],
        [40, 0, 40],
      ])('gives zeros or nothing for the empty product %i x %i x %i', (rows, depth, columns) => {
        expect(check(rows, depth, columns, transposeA, transposeB)).toBe(0);
      });
    });
  }

  it.each([
    { outerA: [3], outerB: [3] },
    { outerA: [1], outerB: [3] },
    { outerA: [3], outerB: [1] },
    { outerA: [2, 3], outerB: [2, 3] },
    { outerA: [2, 1], outerB: [1, 3] },
    { outerA: [], outerB: [5] },
    { outerA: [2, 3], outerB: [] },
    { outerA: [3], outerB: [2, 1] },
    { outerA: [0], outerB: [1] },
  ])('broadcasts batches $outerA and $outerB like the cpu backend', ({ outerA, outerB }) => {
    for (const [transposeA, transposeB] of transposes) {
      const random = createRandom(5);
      const before = memory().numTensors;
      const a = randomTensor(random, [...outerA, ...(transposeA ? [5, 7] : [7, 5])]);
      const b = randomTensor(random, [...outerB, ...(transposeB ? [11, 5] : [5, 11])]);
      const product: Tensor = matMul(a, b, transposeA, transposeB);
      const values = product.dataSync();
      const expected = slowBroadcast(a, b, transposeA, transposeB);
      expect(product.shape).toEqual(expected.shape);
      expect(largestError(values, expected.values)).toBeLessThan(1e-5);
      for (const used of [a, b, product]) used.dispose();
      expect(memory().numTensors).toBe(before);
    }
  });

  it('says which shapes do not fit', () => {
    const a = tensor([1, 2], [1, 2]);
    expect(() =>
      engine().runKernel('BatchMatMul', { a, b: a }, { transposeA: false, transposeB: false }),
    ).toThrow(
      'Error in matMul: inner shapes (2) and (1) of Tensors with shapes 1,2 and 1,2 and transposeA=false and transposeB=false must match.',
    );
    a.dispose();
  });
});

/** Broadcasts by index arithmetic, one matrix at a time. */
function slowBroadcast(
  a: Tensor,
  b: Tensor,
  transposeA: boolean,
  transposeB: boolean,
): { shape: number[]; values: Float64Array } {
  const rank = Math.max(a.rank, b.rank) - 2;
  const outer = (x: Tensor): number[] => [
    ...new Array<number>(rank - (x.rank - 2)).fill(1),
    ...x.shape.slice(0, -2),
  ];
  const [outerA, outerB] = [outer(a), outer(b)];
  const shape = outerA.map((size, axis) => (size === 1 ? (outerB[axis] as number) : size));
  const [depth, rows] = transposeA ? a.shape.slice(-2) : [...a.shape.slice(-2)].reverse();
  const columns = b.shape[b.rank - (transposeB ? 2 : 1)] as number;
  const size: [number, number, number] = [rows as number, depth as number, columns];
  const batch = shape.reduce((product, length) => product * length, 1);
  const values = new Float64Array(batch * size[0] * columns);
  const [dataA, dataB] = [a.dataSync(), b.dataSync()];
  for (let item = 0; item < batch; item++) {
    let [left, right, rest] = [0, 0, item];
    const index = shape.map(() => 0);
    for (let axis = rank - 1; axis >= 0; axis--) {
      index[axis] = rest % (shape[axis] as number);
      rest = Math.floor(rest / (shape[axis] as number));
    }
    for (let axis = 0; axis < rank; axis++) {
      left = left * (outerA[axis] as number) + (outerA[axis] === 1 ? 0 : (index[axis] as number));
      right = right * (outerB[axis] as number) + (outerB[axis] === 1 ? 0 : (index[axis] as number));
    }
    const x = dataA.slice(left * size[0] * size[1], (left + 1) * size[0] * size[1]);
    const y = dataB.slice(right * size[1] * columns, (right + 1) * size[1] * columns);
    values.set(multiply64(x, transposeA, y, transposeB, size), item * size[0] * columns);
  }
  return { shape: [...shape, size[0], columns], values };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cell } from '../../../src/backend/wasm/generated/kernels.js';
import { CELLS } from '../../../src/ops/recurrent/cells.js';
import { Fenced } from './fenced.js';
import { createRandom, floats, largestError, multiply64 } from './reference.js';

describe('the matrix product', () => {
  const transposes = [
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ] as const;

  it.each(transposes)(
    'with transposeA %s and transposeB %s reads and writes its operands alone, at every number of rows that packs nothing',
    (transposeA, transposeB) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 27 }),
          fc.constantFrom(0, 1, 2, 3, 5, 6, 7, 8, 9, 13, 31),
          fc.constantFrom(0, 1, 2, 3, 5, 6, 7, 8, 9, 15, 257),
          fc.constantFrom('nothing', 'c', 'bias'),
          fc.constantFrom('a', 'b', 'c', 'bias'),
          fc.nat(),
          (rows, columns, depth, start, last, seed) => {
            const random = createRandom(seed);
            const [a, b] = [floats(random, rows * depth), floats(random, depth * columns)];
            const before = floats(random, rows * columns);
            const bias = floats(random, columns);
            const fenced = new Fenced();
            const { kernels } = fenced;
            const c = fenced.put(start === 'c' ? before : before.map(() => NaN), last === 'c');
            kernels.matMul({
              a: fenced.put(a, last === 'a'),
              transposeA,
              b: fenced.put(b, last === 'b'),
              transposeB,
              c,
              rows,
              columns,
              depth,
              start: { nothing: 0, c, bias: fenced.put(bias, last === 'bias') }[start],
              scratch: fenced.room(kernels.scratchBytes() / 4),
            });
            const product = multiply64(a, transposeA, b, transposeB, [rows, depth, columns]);
            const starts = {
              nothing: () => 0,
              c: (i: number) => before[i],
              bias: (i: number) => bias[i % columns],
            };
            const expected = product.map((sum, i) => sum + (starts[start](i) as number));
            expect(largestError(fenced.read(c, rows * columns), expected)).toBeLessThan(5e-5);
            expect(fenced.isIntact()).toBe(true);
          },
        ),
        { seed: 3, numRuns: 120 },
      );
    },
  );

  it.each(transposes)(
    'with transposeA %s and transposeB %s keeps to its scratch memory at great depth',
    (transposeA, transposeB) => {
      // 6,823 is the last depth at which 24 rows fit; then 24 rows are packed in blocks.
      for (const [rows, depth] of [
        [24, 6823],
        [24, 6824],
        [24, 6825],
        [17, 9637],
        [2, 9999],
      ] as const) {
        const random = createRandom(depth);
        const [a, b] = [floats(random, rows * depth), floats(random, depth * 3)];
        const fenced = new Fenced();
        const c = fenced.room(rows * 3);
        fenced.kernels.matMul({
          a: fenced.put(a),
          transposeA,
          b: fenced.put(b),
          transposeB,
          c,
          rows,
          columns: 3,
          depth,
          start: 0,
          scratch: fenced.room(fenced.kernels.scratchBytes() / 4),
        });
        const expected = multiply64(a, transposeA, b, transposeB, [rows, depth, 3]);
        expect(largestError(fenced.read(c, rows * 3), expected)).toBeLessThan(2e-4);
        expect(fenced.isIntact()).toBe(true);
      }
    },
  );
});

describe('the matrix product with a packed right operand', () => {
  it.each([false, true])('with transposeB %s reads and writes its operands alone', (transposed) => {
    const size = fc.constantFrom(1, 3, 7, 8, 9, 31, 257);
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.boolean(),
        fc.constantFrom('a', 'b', 'c', 'bias', 'packed'),
        fc.nat(),
        (rows, columns, depth, biased, last, seed) => {
          const random = createRandom(seed);
          const [a, b] = [floats(random, rows * depth), floats(random, depth * columns)];
          const bias = floats(random, columns);
          const fenced = new Fenced();
          const { kernels } = fenced;
          const packed = fenced.room(kernels.packedBytes({ columns, depth }) / 4, last === 'packed');
          const right = fenced.put(b, last === 'b');
          kernels.packRight({ b: right, transposed, columns, depth, packed });
          const c = fenced.room(rows * columns, last === 'c');
          kernels.matMulPacked({
            a: fenced.put(a, last === 'a'),
            b: right,
            transposed,
            packed,
            c,
            rows,
            columns,
            depth,
            bias: biased ? fenced.put(bias, last === 'bias') : 0,
            scratch: fenced.room(kernels.scratchBytes() / 4),
          });
          const product = multiply64(a, false, b, transposed, [rows, depth, columns]);
          const expected = product.map((sum, i) => sum + (biased ? (bias[i % columns] as number) : 0));
          expect(largestError(fenced.read(c, rows * columns), expected)).toBeLessThan(5e-5);
          expect(fenced.isIntact()).toBe(true);
        },
      ),
      { seed: 4, numRuns: 60 },
    );
  });
});

describe('kernels over rows', () => {
  const shapes = [fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 21 }), fc.nat()] as const;

  /** Runs one kernel on x `[rows, size]` at the end of memory, and compares what it writes. */
  function check(
    name: string,
    run: (fenced: Fenced, x: number, rows: number, size: number) => [at: number, count: number],
    expected: (x: Float32Array[], size: number) => number[],
  ): void {
    it(`${name} reads and writes its operands alone`, () => {
      fc.assert(
        fc.property(...shapes, (rows, size, seed) => {
          const fenced = new Fenced();
          const x = floats(createRandom(seed), rows * size);
          const [at, count] = run(fenced, fenced.put(x, true), rows, size);
          const each = Array.from({ length: rows }, (_, row) => x.subarray(row * size, (row + 1) * size));
          expect(largestError(fenced.read(at, count), expected(each, size))).toBeLessThan(1e-5);
          expect(fenced.isIntact()).toBe(true);
        }),
        { seed: 5, numRuns: 25 },
      );
    });
  }

  check(
    'logSumExp',
    (fenced, x, rows, size) => {
      const out = fenced.room(rows);
      fenced.kernels.logSumExp({ x, rows, size, out });
      return [out, rows];
    },
    (rows) => rows.map((row) => Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0))),
  );
  check(
    'topK',
    (fenced, x, rows, size) => {
      const k = Math.min(size, 5);
      const out = fenced.room(rows * k);
      fenced.kernels.topK({ x, rows, size, k, values: out, indices: fenced.room(rows * k) });
      return [out, rows * k];
    },
    (rows) => rows.flatMap((row) => [...row].sort((a, b) => b - a).slice(0, 5)),
  );
  check(
    'sumRows',
    (fenced, x, rows, size) => {
      const out = fenced.room(size);
      fenced.kernels.sumRows({ x, out, outer: 1, rows, columns: size });
      return [out, size];
    },
    (rows, size) =>
      Array.from({ length: size }, (_, i) => rows.reduce((sum, row) => sum + (row[i] as number), 0)),
  );
  check(
    'scale',
    (fenced, x, rows, size) => {
      const out = fenced.room(rows * size);
      fenced.kernels.scale({ x, factor: -3, out, count: rows * size });
      return [out, rows * size];
    },
    (rows) => rows.flatMap((row) => [...row].map((value) => -3 * value)),
  );
  check(
    'gatherRows',
    (fenced, x, rows, size) => {
      const ids = Int32Array.from({ length: rows }, (_, i) => rows - 1 - i);
      const out = fenced.room(rows * size);
      const bytes = 4 * size;
      fenced.kernels.gatherRows({
        x,
        ids: fenced.put(ids),
        out,
        batch: 1,
        outer: 1,
        size: rows,
        count: rows,
        bytes,
      });
      return [out, rows * size];
    },
    (rows) => [...rows].reverse().flatMap((row) => [...row]),
  );
});

describe('a recurrent layer', () => {
  it.each(Object.keys(Cell) as (keyof typeof Cell)[])(
    'of cell %s reads and writes its operands and working memory alone',
    (name) => {
      const cell = Cell[name];
      const { gates: gateCount, hasCellState } = CELLS[name];
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 30 }),
          fc.integer({ min: 1, max: 4 }),
          fc.integer({ min: 1, max: 11 }),
          fc.boolean(),
          fc.boolean(),
          fc.nat(),
          (batch, time, units, reverse, packed, seed) => {
            const random = createRandom(seed);
            const fenced = new Fenced();
            const { kernels } = fenced;
            const [width, steps] = [gateCount * units, time + (hasCellState ? 2 : 1)];
            const mask = Float32Array.from({ length: batch * time }, () => Number(random.next() < 0.7));
            const places = new Int32Array(batch * time);
            let count = 0;
            mask.forEach((real, position) => (places[position] = real === 1 ? count++ : 0));
            const rows = packed ? count : batch * time;
            const put = (size: number): number => fenced.put(floats(random, size));
            const [h0, c0, weight, bias] = [batch * units, batch * units, width * units, width].map(put) as [
              number,
              number,
              number,
              number,
            ];
            const [at, real] = [packed ? fenced.put(places) : 0, fenced.put(mask)];
            const bundle = fenced.room(batch * steps * units);
            const last = bundle + 4 * time * units;
            const states = fenced.room(batch * time * units * (hasCellState ? 2 : 1));
            const gates = fenced.room(batch * time * kernels.savedGates({ cell }) * units);
            const scratch = fenced.room(kernels.scratchBytes() / 4);
            const step = 4 * steps * units;
            const work = (bytes: number): number => fenced.room(bytes / 4);
            const x = fenced.put(floats(random, rows * width), true);
            const sizes = { batch, time, units, width };
            const both = { cell, reverse, ...sizes, places: at, mask: real, h0, c0, weight };
            kernels.recurrentForward({
              ...both,
              x,
              bias,
              outputs: bundle,
              outputBytes: step,
              h: last,
              c: last + 4 * units,
              stateBytes: step,
              states,
              gates,
              work: work(kernels.recurrentForwardBytes(sizes)),
              scratch,
            });
            const dx = fenced.room(rows * width);
            const [dh, dc] = [fenced.room(batch * units), fenced.room(batch * units)];
            const [dWeight, dBias] = [fenced.room(width * units), fenced.room(width)];
            kernels.recurrentBackward({
              ...both,
              dy: put(batch * steps * units),
              states,
              gates,
              dx,
              dh,
              dc,
              dWeight,
              dBias,
              work: work(kernels.recurrentBackwardBytes(sizes)),
              scratch,
            });
            const results = [
              [bundle, batch * steps * units],
              [dx, rows * width],
              [dh, batch * units],
              [dWeight, width * units],
              [dBias, width],
            ] as const;
            for (const [from, size] of results) {
              expect(fenced.read(from, size).every(Number.isFinite)).toBe(true);
            }
            expect(fenced.isIntact()).toBe(true);
          },
        ),
        { seed: 13, numRuns: 40 },
      );
    },
  );
});

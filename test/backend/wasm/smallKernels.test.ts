import '#gradients';
import {
  engine,
  fused,
  grads,
  memory,
  mul,
  scalar,
  sigmoid,
  tanh,
  tensor,
  tensor1d,
  tensor2d,
  unsortedSegmentSum,
} from '@tensorflow/tfjs-core';
import {
  setBackend,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Heap } from '../../../src/backend/wasm/heap.js';
import { fusedMatMul } from '../../../src/backend/wasm/kernels/fusedMatMul.js';
import { additiveScores } from '../../../src/ops/additiveScores.js';
import { dropoutMask } from '../../../src/ops/dropoutMask.js';
import { scaled } from '../../../src/ops/crossEntropy/scaled.js';
import { sumOfSquares } from '../../../src/ops/sumOfSquares.js';
import { createRandom, floats, largestError, plain, runOn, useWasmKernels, type Plain } from './reference.js';

beforeAll(useWasmKernels);
beforeEach(() => setBackend('wasm'));

const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 33, 1031];

describe.each([
  { name: 'tanh', kernel: tanh, exact: Math.tanh },
  { name: 'sigmoid', kernel: sigmoid, exact: (x: number) => 1 / (1 + Math.exp(-x)) },
])('$name on wasm', ({ kernel, exact }) => {
  it('agrees with float64 over the whole range', () => {
    const values = [0, -0, 1e-30, -1e-8, 0.6249, 0.6251, -0.63, 5, -9, 30, -88, 100, -200, 3e38, -3e38];
    for (let x = -12; x < 12; x += 0.0137) values.push(x);
    const before = memory().numTensors;
    const x = tensor1d(values, 'float32');
    const y = kernel(x);
    const expected = [...x.dataSync()].map(exact);
    y.dataSync().forEach((value, i) => {
      expect(Math.abs(value - (expected[i] as number))).toBeLessThanOrEqual(
        2.5e-7 * Math.abs(expected[i] as number) + 1e-37,
      );
    });
    x.dispose();
    y.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it.each(sizes)('handles %i elements', (size) => {
    const data = floats(createRandom(size), size);
    const x = tensor1d(data);
    const y = kernel(x);
    expect(largestError(y.dataSync(), [...data].map(exact))).toBeLessThan(1e-6);
    x.dispose();
    y.dispose();
  });

  it('carries NaN and infinity', () => {
    const x = tensor1d([NaN, Infinity, -Infinity]);
    const y = kernel(x);
    const [first, second, third] = y.dataSync();
    expect(first).toBeNaN();
    expect([second, third]).toEqual(
      [1, exact(-Infinity)].map((value) => expect.closeTo(value, 30) as number),
    );
    x.dispose();
    y.dispose();
  });
});

describe('UnsortedSegmentSum on wasm', () => {
  it('adds rows by id, in order, and skips ids out of range', () => {
    const before = memory().numTensors;
    const x = tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
      [7, 8],
    ]);
    const ids = tensor1d([2, 0, 2, -1], 'int32');
    const out = unsortedSegmentSum(x, ids, 4);
    expect(out.arraySync()).toEqual([
      [3, 4],
      [0, 0],
      [6, 8],
      [0, 0],
    ]);
    for (const used of [x, ids, out]) used.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('agrees with float64 at random sizes', () => {
    const size = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(size, size, fc.integer({ min: 1, max: 9 }), fc.nat(), (count, width, segments, seed) => {
        const random = createRandom(seed);
        const data = floats(random, count * width);
        const ids = Int32Array.from({ length: count }, () => random.integer(segments));
        const expected = new Float64Array(segments * width);
        data.forEach((value, i) => {
          const at = (ids[Math.floor(i / width)] as number) * width + (i % width);
          expected[at] = (expected[at] as number) + value;
        });
        const [x, segmentIds] = [tensor(data, [count, width]), tensor1d(ids, 'int32')];
        const out = unsortedSegmentSum(x, segmentIds, segments);
        expect(out.shape).toEqual([segments, width]);
        expect(largestError(out.dataSync(), expected)).toBeLessThan(1e-5);
        for (const used of [x, segmentIds, out]) used.dispose();
      }),
      { seed: 3, numRuns: 100 },
    );
  });

  it('says which shapes do not fit', () => {
    const x = tensor2d([[1, 2]]);
    const segmentIds = tensor1d([0, 1], 'int32');
    expect(() => engine().runKernel('UnsortedSegmentSum', { x, segmentIds }, { numSegments: 2 })).toThrow(
      'expected x to start with the shape of segmentIds, [2], but received [1,2]',
    );
    x.dispose();
    segmentIds.dispose();
  });
});

describe('_FusedMatMul on wasm', () => {
  it.each(['linear', 'relu', 'sigmoid', 'relu6', 'elu', 'leakyrelu'] as const)(
    'agrees with the cpu backend with %s',
    async (activation) => {
      const random = createRandom(1);
      for (const bias of [true, false]) {
        const inputs = {
          a: plain(random, [2, 7, 5]),
          b: plain(random, [2, 11, 5]),
          bias: plain(random, [11]),
        };
        const run = (backend: 'cpu' | 'wasm') =>
          runOn(backend, inputs, ({ a, b, bias: row }) => [
            fused.matMul({ a, b, transposeB: true, activation, ...(bias ? { bias: row } : {}) }),
          ]);
        const [[expected], [actual]] = [await run('cpu'), await run('wasm')];
        expect(actual?.shape).toEqual([2, 7, 11]);
        expect(largestError(actual?.values ?? [], expected?.values ?? [])).toBeLessThan(1e-5);
      }
    },
  );

  it.each(['prelu', 'another'])('leaves %s, which it does not know, to tfjs', (activation) => {
    const info = (shape: number[]): TensorInfo => ({ dataId: {}, shape, dtype: 'float32' });
    const theirs = info([2, 5]);
    const inputs = { a: info([2, 3]), b: info([3, 5]) };
    const attributes = { activation, transposeA: false, transposeB: false };
    expect(fusedMatMul.run({} as Heap, { inputs, attributes, original: () => theirs })).toBe(theirs);
  });
});

describe('Seq2SeqDropoutMask on wasm', () => {
  it.each([[[0]], [[1]], [[5]], [[3, 7]], [[1031]]])('is the same as on cpu for shape %j', async (shape) => {
    for (const [rate, seed] of [
      [0, 1],
      [0.3, 7],
      [0.5, 0xffffffff],
      [0.999, 2 ** 31],
    ] as const) {
      const run = (backend: 'cpu' | 'wasm') => runOn(backend, {}, () => [dropoutMask(shape, rate, seed)]);
      expect(await run('wasm')).toEqual(await run('cpu'));
    }
  });
});

describe('Seq2SeqSumOfSquares on wasm', () => {
  it.each([...sizes, 1024, 100003])('agrees with float64 for %i elements', (size) => {
    const data = floats(createRandom(size), size);
    const x = tensor1d(data);
    const sum = sumOfSquares(x);
    const exact = data.reduce((total, value) => total + value * value, 0);
    expect(Math.abs((sum.dataSync()[0] as number) - exact)).toBeLessThanOrEqual(2e-7 * exact);
    x.dispose();
    sum.dispose();
  });
});

describe('Seq2SeqAdditiveScores on wasm', () => {
  it.each([
    [1, 1, 1, 1],
    [2, 3, 5, 7],
    [3, 1, 9, 33],
    [2, 4, 0, 3],
  ])(
    'agrees with the cpu backend for batch %i, %i queries, %i keys, %i units',
    async (batch, queries, keys, units) => {
      const random = createRandom(5);
      const inputs: Record<string, Plain> = {
        q: plain(random, [batch, queries, units]),
        k: plain(random, [batch, keys, units]),
        e: plain(random, [1, units]),
        dy: plain(random, [batch, queries, keys]),
      };
      if (keys > 1) (inputs['dy']?.values as Float32Array)[1] = 0;
      const run = (backend: 'cpu' | 'wasm') =>
        runOn(backend, inputs, ({ q, k, e, dy }) => {
          const scores = (a: Tensor, b: Tensor, c: Tensor): Tensor =>
            additiveScores(a as Tensor3D, b as Tensor3D, c as Tensor2D);
          const tensors = [q, k, e] as Tensor[];
          const [a, b, c] = tensors as [Tensor, Tensor, Tensor];
          return [scores(a, b, c), ...grads(scores)(tensors, dy)];
        });
      const [expected, actual] = [await run('cpu'), await run('wasm')];
      actual.forEach(({ shape, values }, i) => {
        expect(shape).toEqual(expected[i]?.shape);
        expect(largestError(values, expected[i]?.values ?? [])).toBeLessThan(1e-5);
      });
    },
  );
});

describe('scaled on wasm', () => {
  it.each(sizes)('agrees with tf.mul for %i elements, and shares the data where the factor is 1', (size) => {
    const before = memory();
    const x = tensor1d(floats(createRandom(2), size));
    for (const factor of [1, -0.75, 0]) {
      const by = scalar(factor);
      const [ours, theirs] = [scaled(x, by), mul(x, by)];
      expect([...ours.dataSync()]).toEqual([...theirs.dataSync()]);
      expect(ours.dataId === x.dataId).toBe(factor === 1);
      for (const tensor of [by, ours, theirs]) tensor.dispose();
    }
    x.dispose();
    expect(memory().numTensors).toBe(before.numTensors);
  });
});

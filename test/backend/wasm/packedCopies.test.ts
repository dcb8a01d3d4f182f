import '#gradients';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { memoryOf, type WasmBackend } from '../../../src/backend/wasm/heap.js';
import { installWasmKernels, uninstallWasmKernels } from '../../../src/backend/wasm/index.js';
import { packedCopies, type RightOperand } from '../../../src/backend/wasm/packedCopies.js';
import { adam } from '../../../src/training/optimizers/adam.js';
import { sgd } from '../../../src/training/optimizers/sgd.js';
import { countAllocations, type Allocations } from './countAllocations.js';
import { createRandom, floats, largestError, multiply64, randomTensor, useWasmKernels } from './reference.js';

const MEGABYTE = 1024 * 1024;

describe('packedCopies', () => {
  /** Copies in a memory with room for `room` bytes. */
  function memoryOfSize(room: number) {
    const open = new Map<number, number>();
    const packed: RightOperand[] = [];
    let next = 64;
    const copies = packedCopies(
      {
        packedBytes: ({ columns, depth }) => (32 * Math.ceil(columns / 8) * depth) | 0,
        packRight: ({ b, transposed, columns, depth }) => {
          packed.push({ id: -1, address: b, columns, depth, transposed });
        },
      },
      (bytes) => {
        const used = [...open.values()].reduce((sum, size) => sum + size, 0);
        if (used + bytes > room) return 0;
        open.set((next += 64), bytes);
        return next;
      },
      (address) => void open.delete(address),
    );
    return { copies, open, packed };
  }
  const operand = (id: number, transposed = false, columns = 64, depth = 64): RightOperand => ({
    id,
    address: 1000 * id,
    columns,
    depth,
    transposed,
  });

  it('packs an operand when it comes the second time, once', () => {
    const { copies, packed } = memoryOfSize(Infinity);
    expect(copies.find(operand(1), 3)).toBe(0);
    const address = copies.find(operand(1), 3);
    expect(address).toBeGreaterThan(0);
    expect(copies.find(operand(1), 128)).toBe(address);
    expect(packed).toEqual([{ ...operand(1), id: -1 }]);
  });

  it.each([
    ['few rows', operand(1), 2],
    ['few rows, transposed', operand(1, true), 24],
    ['many rows', operand(1), 129],
    ['a small operand', operand(1, false, 63, 65), 32],
    ['an operand whose copy would have more bytes than 32 bits tell', operand(1, false, 1, 2 ** 27), 32],
  ])('leaves %s alone', (_, right, rows) => {
    const { copies, open } = memoryOfSize(Infinity);
    for (let time = 0; time < 3; time++) expect(copies.find(right, rows)).toBe(0);
    expect(open.size).toBe(0);
  });

  it('forgets both forms of an operand, and sees it anew', () => {
    const { copies, open } = memoryOfSize(Infinity);
    for (const transposed of [false, true]) {
      expect(copies.find(operand(1, transposed), 32)).toBe(0);
      expect(copies.find(operand(1, transposed), 32)).toBeGreaterThan(0);
    }
    expect(open.size).toBe(2);
    copies.forget(2);
    expect(open.size).toBe(2);
    copies.forget(1);
    expect(open.size).toBe(0);
    expect(copies.find(operand(1), 32)).toBe(0);
    copies.clear();
    expect(copies.find(operand(1), 32)).toBe(0);
  });

  it('makes a copy anew for another view of the same data', () => {
    const { copies, open, packed } = memoryOfSize(Infinity);
    copies.find(operand(1), 4);
    copies.find(operand(1), 4);
    copies.find(operand(1, false, 128, 32), 4);
    expect(packed.map(({ columns }) => columns)).toEqual([64, 128]);
    expect(open.size).toBe(1);
  });

  it('holds 64 megabytes at most, those used last', () => {
    const { copies, open } = memoryOfSize(Infinity);
    const large = (id: number): RightOperand => operand(id, false, 512, 10 * 1024); // 20 MB
    const again = (id: number): number => copies.find(large(id), 4) || copies.find(large(id), 4);
    const [first, second, third] = [again(1), again(2), again(3)];
    expect(again(1)).toBe(first);
    again(4); // in place of the second
    expect([...open.keys()]).toEqual([first, third, expect.any(Number)]);
    expect(open.has(second)).toBe(false);
    const tooLarge = operand(5, false, 1024, 17 * 1024);
    for (let time = 0; time < 3; time++) expect(copies.find(tooLarge, 4)).toBe(0);
    expect(open.size).toBe(3);
  });

  it('does without where memory is full', () => {
    const { copies, open } = memoryOfSize(MEGABYTE);
    const large = operand(1, false, 512, 1024);
    for (let time = 0; time < 3; time++) expect(copies.find(large, 4)).toBe(0);
    expect(open.size).toBe(0);
  });

  it('counts the rows that an operand has met since it changed', () => {
    const { copies } = memoryOfSize(Infinity);
    expect([1, 2, 3].map((rows) => copies.meet(operand(1), rows))).toEqual([1, 3, 6]);
    expect(copies.meet(operand(1, true), 1)).toBe(1);
    copies.forget(1);
    expect(copies.meet(operand(1), 5)).toBe(5);
  });
});

describe('products with packed copies', () => {
  beforeAll(useWasmKernels);
  beforeEach(() => tf.setBackend('wasm'));

  // Not one or two more than a multiple of four: those would be read in place.
  const [rows, depth, columns] = [31, 67, 71];
  const random = createRandom(1);
  const left = floats(random, rows * depth);

  /** The data of a tensor as it lies in memory. */
  function rawData(tensor: tf.Tensor): Float32Array {
    const { wasm, dataIdMap } = tf.backend() as unknown as WasmBackend;
    return new Float32Array(
      memoryOf({ wasm }).buffer,
      dataIdMap.get(tensor.dataId).memoryOffset,
      tensor.size,
    );
  }

  function product(right: tf.Tensor, transposed: boolean, a = left): Float32Array {
    return tf.tidy(
      () =>
        tf
          .matMul(tf.tensor2d(a, [a.length / depth, depth]), right, false, transposed)
          .dataSync() as Float32Array,
    );
  }

  /** How far the product is from that with the values that the tensor now has. */
  function error(right: tf.Tensor, transposed: boolean): number {
    const expected = multiply64(left, false, right.dataSync(), transposed, [rows, depth, columns]);
    return largestError(product(right, transposed), expected);
  }

  const shape = (transposed: boolean): [number, number] => (transposed ? [columns, depth] : [depth, columns]);

  /** Has a copy made, and proves it: what is written behind tfjs's back does not reach the product. */
  function expectCopy(right: tf.Tensor, transposed: boolean): void {
    const before = product(right, transposed);
    expect(product(right, transposed)).toEqual(before);
    const data = rawData(right);
    const [value] = data;
    data[0] = 1e6;
    expect(product(right, transposed)).toEqual(before);
    data[0] = value as number;
  }

  describe.each([
    ['as they are', false],
    ['transposed', true],
  ])('of right operands %s', (_, transposed) => {
    const weight = (): tf.Variable => {
      const initial = randomTensor(random, shape(transposed));
      const variable = tf.variable(initial);
      initial.dispose();
      return variable;
    };

    it('are right at any size, and the same to the bit each time', () => {
      const before = tf.memory().numTensors;
      const size = fc.integer({ min: 1, max: 600 });
      const few = fc.integer({ min: transposed ? 25 : 9, max: 140 });
      fc.assert(
        fc.property(few, size, size, fc.nat(), (m, k, n, seed) => {
          const own = createRandom(seed);
          const [a, b] = [floats(own, m * k), floats(own, k * n)];
          const [x, y] = [tf.tensor2d(a, [m, k]), tf.tensor2d(b, transposed ? [n, k] : [k, n])];
          const results = [1, 2, 3].map(() => tf.tidy(() => tf.matMul(x, y, false, transposed).dataSync()));
          tf.dispose([x, y]);
          const expected = multiply64(a, false, b, transposed, [m, k, n]);
          expect(largestError(results[0] ?? [], expected)).toBeLessThan(2e-4);
          expect(results[1]).toEqual(results[0]);
          expect(results[2]).toEqual(results[0]);
        }),
        { seed: 3, numRuns: 30 },
      );
      expect(tf.memory().numTensors).toBe(before);
    });

    it('carry NaN and infinity', () => {
      const right = randomTensor(random, shape(transposed));
      rawData(right).set([NaN, Infinity]);
      product(right, transposed);
      expect(error(right, transposed)).toBeLessThan(1e-4);
      right.dispose();
    });

    it.each([
      ['adam', adam],
      ['sgd', sgd],
    ])('see what %s does to a weight', (_name, optimizer) => {
      const before = tf.memory().numTensors;
      const w = weight();
      const { init, update } = optimizer({ learningRate: 0.1 });
      let state = init({ w });
      for (let step = 0; step < 3; step++) {
        expectCopy(w, transposed);
        const old = w.dataSync().slice();
        const gradient = randomTensor(random, shape(transposed));
        state = update({ w }, { w: gradient }, state);
        gradient.dispose();
        expect(w.dataSync()).not.toEqual(old);
        expect(error(w, transposed)).toBeLessThan(1e-4);
      }
      tf.dispose([w, state.slots as never]);
      expect(tf.memory().numTensors).toBe(before);
    });

    it('see a new value of a variable, and leave the old one to its clones', () => {
      const before = tf.memory().numTensors;
      const w = weight();
      const clone = tf.clone(w);
      expectCopy(w, transposed);
      const fresh = randomTensor(random, shape(transposed));
      w.assign(fresh as tf.Tensor2D);
      expect(error(w, transposed)).toBeLessThan(1e-4);
      expect(error(clone, transposed)).toBeLessThan(1e-4);
      expect(error(w, transposed)).toBeLessThan(1e-4);
      tf.dispose([w, clone, fresh]);
      expect(tf.memory().numTensors).toBe(before);
    });

    it('see other data at the same address', () => {
      const first = randomTensor(random, shape(transposed));
      expectCopy(first, transposed);
      const { byteOffset } = rawData(first);
      first.dispose();
      // The copy lay behind the tensor; with both gone, the next of the same size takes the place of one.
      const others = Array.from({ length: 8 }, () => randomTensor(random, shape(transposed)));
      expect(others.map((other) => rawData(other).byteOffset)).toContain(byteOffset);
      for (const other of others) {
        product(other, transposed);
        expect(error(other, transposed)).toBeLessThan(1e-4);
      }
      tf.dispose(others);
    });

    it('see data that came back from another backend', async () => {
      const w = weight();
      expectCopy(w, transposed);
      await tf.setBackend('cpu');
      const two = tf.scalar(2);
      const doubled = tf.mul(w, two); // moves the data to the cpu backend
      w.assign(doubled as never);
      await tf.setBackend('wasm');
      expect(error(w, transposed)).toBeLessThan(1e-4);
      expect(error(w, transposed)).toBeLessThan(1e-4);
      tf.dispose([w, two, doubled]);
    });

    it('see what changed while the kernels were away', async () => {
      const w = weight();
      expectCopy(w, transposed);
      uninstallWasmKernels();
      rawData(w)[0] = 3;
      await installWasmKernels();
      expect(error(w, transposed)).toBeLessThan(1e-4);
      expectCopy(w, transposed);
      expect(error(w, transposed)).toBeLessThan(1e-4);
      w.dispose();
    });

    it('see another view of the same data', () => {
      const w = weight();
      expectCopy(w, transposed);
      const view = tf.reshape(w, shape(!transposed)) as tf.Tensor2D;
      const a = floats(random, rows * columns);
      const turned = tf.tidy(() =>
        tf.matMul(tf.tensor2d(a, [rows, columns]), view, false, transposed).dataSync(),
      );
      const expected = multiply64(a, false, w.dataSync(), transposed, [rows, columns, depth]);
      expect(largestError(turned, expected)).toBeLessThan(1e-4);
      expect(error(w, transposed)).toBeLessThan(1e-4);
      tf.dispose([w, view]);
    });
  });

  it('keep a copy of each form', () => {
    const w = randomTensor(random, [depth, depth]);
    const both = [false, true].map((transposed) => {
      product(w, transposed);
      return product(w, transposed);
    });
    rawData(w)[0] = 1e6;
    expect([product(w, false), product(w, true)]).toEqual(both);
    w.dispose();
  });

  describe('in a memory that counts', () => {
    let memory: Allocations;

    beforeEach(async () => {
      uninstallWasmKernels();
      memory = countAllocations();
      await installWasmKernels();
    });

    afterEach(async () => {
      uninstallWasmKernels();
      memory.restore();
      await installWasmKernels();
    });

    it('give it back when a weight goes, and when the kernels go', () => {
      const { tfjs } = (tf.backend() as unknown as WasmBackend).wasm;
      const wrapped = tfjs.disposeData;
      const [first, second] = [
        randomTensor(random, [depth, columns]),
        randomTensor(random, [depth, columns]),
      ];
      product(first, false);
      const plain = memory.open.size;
      expectCopy(first, false);
      expect(memory.open.size).toBe(plain + 1);
      expectCopy(second, false);
      expect(memory.open.size).toBe(plain + 2);
      first.dispose();
      expect(memory.open.size).toBe(plain); // the weight and its copy
      uninstallWasmKernels();
      expect(memory.open.size).toBe(1); // the second weight
      expect(tfjs.disposeData).not.toBe(wrapped);
      second.dispose();
      expect(memory.open.size).toBe(0);
    });

    it('give way to tensors where it is full', () => {
      const right = randomTensor(random, [depth, columns]);
      expectCopy(right, false);
      memory.most = memory.open.size;
      const other = tf.zeros([depth]); // in place of the copy
      expect(memory.open.size).toBe(memory.most);
      memory.most = Infinity;
      expect(error(right, false)).toBeLessThan(1e-4);
      tf.dispose([right, other]);
    });
  });
});

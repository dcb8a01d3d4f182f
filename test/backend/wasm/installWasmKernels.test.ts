import '#gradients';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import * as layers from '@tensorflow/tfjs-layers';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { installWasmKernels, uninstallWasmKernels } from '../../../src/backend/wasm/index.js';
import { isWasmBackend, memoryOf, type WasmBackend } from '../../../src/backend/wasm/heap.js';
import { countAllocations } from './countAllocations.js';
import { createRandom, floats, largestError, multiply64 } from './reference.js';

const names = ['BatchMatMul', '_FusedMatMul', 'Tanh', 'UnsortedSegmentSum', 'Seq2SeqAdam'];
const registered = (): (tf.KernelConfig | undefined)[] => names.map((name) => tf.getKernel(name, 'wasm'));
const own = registered();

function productError(): number {
  const random = createRandom(1);
  const [a, b] = [floats(random, 33 * 17), floats(random, 17 * 31)];
  const [x, y] = [tf.tensor2d(a, [33, 17]), tf.tensor2d(b, [31, 17])];
  const product = tf.matMul(x, y, false, true);
  const error = largestError(product.dataSync(), multiply64(a, false, b, true, [33, 17, 31]));
  tf.dispose([x, y, product]);
  return error;
}

describe('installWasmKernels', () => {
  afterEach(() => {
    uninstallWasmKernels();
    vi.restoreAllMocks();
  });

  it('registers without a warning, keeps the backend in use, and uninstalls to what was there', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await tf.setBackend('cpu');
    await installWasmKernels();
    expect(tf.getBackend()).toBe('cpu');
    expect(registered().every((kernel, i) => kernel !== undefined && kernel !== own[i])).toBe(true);
    uninstallWasmKernels();
    expect(registered()).toEqual(own);
    expect(registered().map((kernel, i) => kernel === own[i])).toEqual(own.map(() => true));
    expect(warn).not.toHaveBeenCalled();
  });

  it('may be called again and again, at once and one after the other', async () => {
    await Promise.all([installWasmKernels(), installWasmKernels()]);
    const first = registered();
    await installWasmKernels();
    expect(registered()).toEqual(first);
    for (let round = 0; round < 3; round++) {
      uninstallWasmKernels();
      uninstallWasmKernels();
      await installWasmKernels();
      await tf.setBackend('wasm');
      expect(productError()).toBeLessThan(1e-5);
    }
  });

  it('stays uninstalled where that was asked for during the installation', async () => {
    const first = installWasmKernels();
    uninstallWasmKernels();
    await first;
    expect(registered()).toEqual(own);
    const second = installWasmKernels();
    uninstallWasmKernels();
    await Promise.all([second, installWasmKernels()]);
    expect(registered().every((kernel, i) => kernel !== own[i])).toBe(true);
    uninstallWasmKernels();
    expect(registered().map((kernel, i) => kernel === own[i])).toEqual(own.map(() => true));
  });

  it('leaves tensors as they are when the kernels come and go', async () => {
    await installWasmKernels();
    await tf.setBackend('wasm');
    const before = tf.memory().numTensors;
    const x = tf.tensor2d([[1, 2], [3, 4]]); // prettier-ignore
    const square = tf.matMul(x, x);
    const weight = tf.variable(square);
    const { value, grads } = tf.variableGrads(() => tf.sum(tf.tanh(tf.matMul(x, weight, false, true))));
    const clone = tf.clone(weight); // shares its data
    uninstallWasmKernels();
    expect(clone.arraySync()).toEqual([[7, 10], [15, 22]]); // prettier-ignore
    expect(tf.tidy(() => tf.matMul(clone, x).arraySync())).toEqual([[37, 54], [81, 118]]); // prettier-ignore
    await installWasmKernels();
    weight.dispose();
    expect(tf.tidy(() => tf.matMul(clone, x, true).arraySync())).toEqual([[52, 74], [76, 108]]); // prettier-ignore
    tf.dispose([x, square, clone, value, grads]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('keeps working when the backend changes back and forth, also on data of the other backend', async () => {
    await installWasmKernels();
    await tf.setBackend('cpu');
    const before = tf.memory().numTensors;
    const a = tf.tensor2d([
      [1, 2],
      [3, 4],
    ]);
    for (const backend of ['wasm', 'cpu', 'wasm']) {
      await tf.setBackend(backend);
      const product = tf.matMul(a, a, true, false);
      expect(product.arraySync()).toEqual([
        [10, 14],
        [14, 20],
      ]);
      product.dispose();
    }
    a.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('works on a backend that is started anew', async () => {
    await installWasmKernels();
    await tf.setBackend('wasm');
    expect(productError()).toBeLessThan(1e-5);
    await tf.setBackend('cpu');
    const { factory, priority } = tf.engine().registryFactory['wasm'] as {
      factory: () => Promise<tf.KernelBackend>;
      priority: number;
    };
    tf.removeBackend('wasm');
    tf.registerBackend('wasm', factory, priority);
    await tf.setBackend('wasm');
    expect(productError()).toBeLessThan(1e-5);
  });

  it('leaves the kernels of a second copy of this library alone', async () => {
    await installWasmKernels();
    vi.resetModules();
    const copy = await import('../../../src/backend/wasm/index.js');
    await copy.installWasmKernels();
    const theirs = registered();
    uninstallWasmKernels();
    expect(registered()).toEqual(theirs);
    await tf.setBackend('wasm');
    expect(productError()).toBeLessThan(1e-5);
    copy.uninstallWasmKernels();
    expect(productError()).toBeLessThan(1e-5);
    for (const name of names.slice(0, 3)) {
      tf.unregisterKernel(name, 'wasm');
      tf.registerKernel(own[names.indexOf(name)] as tf.KernelConfig);
    }
    for (const name of names.slice(3)) {
      if (tf.getKernel(name, 'wasm') !== undefined) tf.unregisterKernel(name, 'wasm');
    }
  });

  it('keeps no memory after uninstall', async () => {
    await tf.setBackend('wasm');
    const { open, restore } = countAllocations();
    await installWasmKernels();
    expect(productError()).toBeLessThan(1e-5);
    expect(open.size).toBeGreaterThan(0);
    uninstallWasmKernels();
    expect(open.size).toBe(0);
    restore();
  });

  it('survives the growth of the memory during a kernel', async () => {
    await installWasmKernels();
    await tf.setBackend('wasm');
    const memory = memoryOf(tf.backend() as unknown as WasmBackend);
    const a = tf.ones([2, 3]);
    const before = memory.buffer.byteLength;
    const rows = Math.ceil(before / 4 / 1024) + 1;
    const large = tf.tidy(() => tf.matMul(tf.fill([rows, 3], 2), tf.fill([1024, 3], 1), false, true));
    expect(memory.buffer.byteLength).toBeGreaterThan(before);
    expect(large.shape).toEqual([rows, 1024]);
    const corner = tf.slice(large, [rows - 1, 1020], [1, 4]);
    expect([...corner.dataSync()]).toEqual([6, 6, 6, 6]);
    expect([...a.dataSync()]).toEqual([1, 1, 1, 1, 1, 1]);
    tf.dispose([a, large, corner]);
  });

  it('tells where memory ends, instead of letting tfjs write into nowhere', async () => {
    await installWasmKernels();
    await tf.setBackend('wasm');
    const before = tf.memory().numTensors;
    const a = tf.ones([3]);
    for (const size of [2 ** 30 - 2 ** 20, 2 ** 30]) {
      expect(() => tf.fill([size], 1)).toThrow(expect.objectContaining({ code: 'out-of-memory' }));
    }
    expect([...a.dataSync()]).toEqual([1, 1, 1]);
    a.dispose();
    expect(tf.memory().numTensors).toBe(before);
    uninstallWasmKernels();
  });

  it("warns once and leaves tfjs's kernels in place where the internals are missing", async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    await tf.setBackend('wasm');
    const { wasm } = tf.backend() as unknown as { wasm: { asm: unknown } };
    const { asm } = wasm;
    wasm.asm = undefined;
    await installWasmKernels();
    uninstallWasmKernels();
    await installWasmKernels();
    wasm.asm = asm;
    const added = registered().map((kernel, i) => (kernel === own[i] ? '' : names[i]));
    // Without it no embedding would train.
    expect(added.filter((name) => name !== '')).toEqual(['UnsortedSegmentSum']);
    expect(warn.mock.calls).toEqual([
      [
        "installWasmKernels: this version of tfjs keeps its memory elsewhere, so tfjs's own kernels stay in use.",
      ],
    ]);
    expect(productError()).toBeLessThan(1e-5);
  });

  it('recognises a backend by its parts', () => {
    expect([undefined, null, {}, { wasm: {} }, { wasm: { asm: { memory: {} } } }].some(isWasmBackend)).toBe(
      false,
    );
  });

  it('trains a tfjs-layers embedding with an LSTM, with the gradients of the cpu backend', async () => {
    await installWasmKernels();
    const gradients = async (backend: string): Promise<Record<string, number[]>> => {
      await tf.setBackend(backend);
      const model = layers.sequential({
        layers: [
          layers.layers.embedding({ inputDim: 11, outputDim: 5, inputLength: 3 }),
          layers.layers.lstm({ units: 7, recurrentInitializer: 'glorotUniform' }),
          layers.layers.dense({ units: 3 }),
        ],
      });
      const random = createRandom(4);
      for (const weight of model.weights) {
        weight.write(
          tf.tensor(
            floats(
              random,
              weight.shape.reduce<number>((size, length) => size * (length ?? 1), 1),
            ),
            weight.shape as number[],
          ),
        );
      }
      const x = tf.tensor2d([
        [1, 2, 3],
        [4, 2, 10],
      ]);
      const { value, grads } = tf.variableGrads(() => tf.mean(tf.square(model.apply(x) as tf.Tensor)));
      value.dispose();
      x.dispose();
      const plain = Object.entries(grads).map(([name, gradient]): [string, number[]] => [
        name.replace(/_\d+$/, ''),
        [...gradient.dataSync()],
      ]);
      tf.dispose(grads);
      model.dispose();
      return Object.fromEntries(plain.map(([, values], i) => [String(i), values]));
    };
    const expected = await gradients('cpu');
    const actual = await gradients('wasm');
    expect(Object.keys(actual)).toHaveLength(6);
    for (const [name, values] of Object.entries(expected)) {
      expect(largestError(actual[name] ?? [], values), name).toBeLessThan(1e-4);
    }
  });
});

import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { unsharedModule } from '../../../src/backend/wasm/generated/unsharedModule.js';
import { attachHeap, type Heap, type WasmBackend } from '../../../src/backend/wasm/heap.js';
import { uninstallWasmKernels } from '../../../src/backend/wasm/index.js';
import { batchMatMul } from '../../../src/backend/wasm/kernels/batchMatMul.js';
import { fusedMatMul } from '../../../src/backend/wasm/kernels/fusedMatMul.js';
import { createRandom, largestError, multiply64, randomTensor, useWasmKernels } from './reference.js';

describe.each([batchMatMul, fusedMatMul])('$name beside threads of tfjs', (kernel) => {
  const random = createRandom(1);
  const module = new WebAssembly.Module(Buffer.from(unsharedModule, 'base64'));

  beforeAll(useWasmKernels);

  /** Runs `use` on a heap of a backend that says that it has so many threads. */
  function withThreads(threads: number, use: (heap: Heap) => void): void {
    uninstallWasmKernels();
    const backend = tf.backend() as unknown as WasmBackend;
    const tensors = tf.memory().numTensors;
    const heap = attachHeap(backend, module);
    use({ ...heap, threads });
    heap.release();
    expect(tf.memory().numTensors).toBe(tensors);
  }

  /** What computes a product: tfjs's kernel, or this library's, whose result is checked. */
  function taken(
    heap: Heap,
    a: tf.Tensor,
    b: tf.Tensor,
    { transposeA = false, transposeB = false } = {},
  ): 'tfjs' | 'own' {
    const theirs = { dataId: {}, shape: [], dtype: 'float32' } as const;
    const result = kernel.run(heap, {
      inputs: { a, b },
      attributes: { transposeA, transposeB, activation: 'linear' },
      original: () => theirs as never,
    }) as tf.TensorInfo;
    if (result === (theirs as never)) return 'tfjs';
    if (a.rank === 2) {
      const own = tf.engine().makeTensorFromTensorInfo(result);
      const sizes = [result.shape[0], a.shape[transposeA ? 0 : 1], result.shape[1]] as never;
      const expected = multiply64(a.dataSync(), transposeA, b.dataSync(), transposeB, sizes);
      expect(largestError(own.dataSync(), expected)).toBeLessThan(1e-4);
      own.dispose();
    } else {
      (tf.backend() as unknown as WasmBackend).disposeData(result.dataId);
    }
    return 'own';
  }

  const make = (...shape: number[]): tf.Tensor => randomTensor(random, shape);

  it('leaves a large product of plain matrices to tfjs', () => {
    withThreads(2, (heap) => {
      const [a, b] = [make(256, 32), make(32, 32)];
      expect(taken(heap, a, b)).toBe('tfjs');
      tf.dispose([a, b]);
    });
  });

  it('leaves few rows to tfjs once their right operand has met 256 without a change', () => {
    withThreads(2, (heap) => {
      const [a, b, c] = [make(64, 64), make(64, 64), make(64, 64)];
      const choices = Array.from({ length: 5 }, () => taken(heap, a, b));
      expect(choices).toEqual(['own', 'own', 'own', 'tfjs', 'tfjs']);
      expect(taken(heap, a, c)).toBe('own');
      heap.overwrite(b);
      expect(taken(heap, a, b)).toBe('own');
      tf.dispose([a, b, c]);
      (tf.backend() as unknown as WasmBackend).disposeData(b.dataId);
    });
  });

  it('takes its own kernel for transposed operands, batches and small products, and where there is one thread', () => {
    withThreads(4, (heap) => {
      const [a, b, small] = [make(256, 256), make(256, 256), make(256, 15)];
      expect(taken(heap, a, b, { transposeA: true })).toBe('own');
      expect(taken(heap, a, b, { transposeB: true })).toBe('own');
      expect(taken(heap, a, small)).toBe('tfjs');
      const tiny = make(256, 2);
      expect(taken(heap, a, tiny)).toBe('own');
      const [batch, shared] = [make(2, 256, 64), make(1, 64, 64)];
      expect(taken(heap, batch, shared)).toBe('own');
      tf.dispose([a, b, small, tiny, batch, shared]);
    });
    withThreads(1, (heap) => {
      const [a, b] = [make(256, 64), make(64, 64)];
      expect(taken(heap, a, b)).toBe('own');
      tf.dispose([a, b]);
    });
  });
});

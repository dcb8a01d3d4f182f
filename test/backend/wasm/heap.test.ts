import type { TensorInfo } from '@tensorflow/tfjs-core';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { attachHeap, isWasmBackend, memoryOf, type WasmBackend } from '../../../src/backend/wasm/heap.js';
import { sharedModule } from '../../../src/backend/wasm/generated/sharedModule.js';
import { unsharedModule } from '../../../src/backend/wasm/generated/unsharedModule.js';
import { multiply } from '../../../src/backend/wasm/kernels/batchMatMul.js';
import { createRandom, floats, largestError, multiply64 } from './reference.js';

/** A backend that keeps what it allocates; like tfjs's, it imports a shared memory and exports any other. */
function fakeBackend(memory: WebAssembly.Memory, room: number): WasmBackend & { open: Set<number> } {
  const tensors = new Map<object, { id: number; memoryOffset: number }>();
  const open = new Set<number>();
  let next = 1024;
  const wasm = {
    ...(memory.buffer instanceof SharedArrayBuffer ? { asm: {}, wasmMemory: memory } : { asm: { memory } }),
    _malloc(bytes: number): number {
      if (next + bytes > room) return 0;
      const address = next;
      next += (bytes + 15) & ~15;
      open.add(address);
      return address;
    },
    _free: (address: number) => void open.delete(address),
    tfjs: { registerTensor: () => undefined, disposeData: () => undefined },
  };
  return {
    open,
    wasm,
    dataIdMap: { get: (dataId) => tensors.get(dataId) as { id: number; memoryOffset: number } },
    makeOutput(shape, dtype): TensorInfo {
      const dataId = {};
      tensors.set(dataId, {
        id: tensors.size,
        memoryOffset: wasm._malloc(4 * shape.reduce((size, length) => size * length, 1)),
      });
      return { dataId, shape, dtype };
    },
    refCount: () => 1,
    incRef: () => undefined,
    disposeData: () => true,
  };
}

const kinds = {
  unshared: { text: unsharedModule, shared: false },
  shared: { text: sharedModule, shared: true },
} as const;

describe.each(Object.entries(kinds))('the module for %s memory', (_, { text, shared }) => {
  const binary = Buffer.from(text, 'base64');
  const pages = 128;
  const memory = (): WebAssembly.Memory => new WebAssembly.Memory({ initial: pages, maximum: 65536, shared });
  const module = new WebAssembly.Module(binary);

  it('is smaller than 25 kB when compressed', () => {
    expect(gzipSync(binary).length).toBeLessThan(25_000);
  });

  it('multiplies in that memory, and changes nothing that it was not given', () => {
    const backend = fakeBackend(memory(), pages * 65536);
    expect(isWasmBackend(backend)).toBe(true);
    const heap = attachHeap(backend, module);
    const random = createRandom(1);
    const values = [floats(random, 37 * 41), floats(random, 41 * 43)] as const;
    const a = heap.output([37, 41]);
    const b = heap.output([41, 43]);
    const { buffer } = memoryOf(backend);
    new Float32Array(buffer, heap.address(a), values[0].length).set(values[0]);
    new Float32Array(buffer, heap.address(b), values[1].length).set(values[1]);
    const product = multiply(heap, a, b, false, false);
    const result = new Float32Array(buffer, heap.address(product), 37 * 43);
    expect(largestError(result, multiply64(values[0], false, values[1], false, [37, 41, 43]))).toBeLessThan(
      1e-5,
    );
    expect(new Uint8Array(buffer, 0, 1024).every((byte) => byte === 0)).toBe(true);
  });

  it('gives back what it borrows, also after an error, and its scratch memory on release', () => {
    const backend = fakeBackend(memory(), pages * 65536);
    const heap = attachHeap(backend, module);
    expect(heap.borrow(100, (address) => address)).toBeGreaterThan(0);
    expect(() =>
      heap.borrow(100, () => {
        throw new Error('inside');
      }),
    ).toThrow('inside');
    expect(backend.open.size).toBe(0);
    expect(heap.scratch).toBe(heap.scratch);
    expect(backend.open.size).toBe(1);
    heap.release();
    heap.release();
    expect(backend.open.size).toBe(0);
  });

  it('says so when there is no room', () => {
    const heap = attachHeap(fakeBackend(memory(), 2048), module);
    expect(() => heap.borrow(4096, () => 0)).toThrow(
      expect.objectContaining({
        code: 'out-of-memory',
        message: expect.stringContaining('has no room for 4096 more bytes') as string,
      }),
    );
    expect(() => heap.scratch).toThrow('has no room for');
  });
});

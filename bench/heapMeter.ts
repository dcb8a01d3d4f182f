import { engine, memory } from '@tensorflow/tfjs-core';
import { memoryOf, type WasmBackend } from '../src/backend/wasm/heap.js';

/** Counts what JavaScript allocates in the wasm backend's memory: tensors, and kernels' scratch memory. */
export interface HeapMeter {
  /** Bytes in use now. */
  readonly live: number;
  /** The most bytes that were ever in use at once since the last call of `restart`. */
  readonly peak: number;
  restart(): void;
  /** Length of the WebAssembly memory, which never shrinks. */
  readonly length: number;
  readonly tensors: number;
}

/** Starts to count; the backend must be up, and with it the kernels, which wrap the same functions. */
export function startHeapMeter(): HeapMeter {
  const backend = engine().registry['wasm'] as unknown as WasmBackend;
  const { wasm } = backend;
  wasm._free(wasm._malloc(1)); // Emscripten's own first call replaces the function
  const { _malloc: malloc, _free: free } = wasm;
  const sizes = new Map<number, number>();
  let live = 0;
  let peak = 0;
  wasm._malloc = (bytes) => {
    const address = malloc(bytes);
    sizes.set(address >>> 0, bytes);
    live += bytes;
    peak = Math.max(peak, live);
    return address;
  };
  wasm._free = (address) => {
    live -= sizes.get(address >>> 0) ?? 0;
    sizes.delete(address >>> 0);
    free(address);
  };
  return {
    get live() {
      return live;
    },
    get peak() {
      return peak;
    },
    restart() {
      peak = live;
    },
    get length() {
      return memoryOf(backend).buffer.byteLength;
    },
    get tensors() {
      return memory().numTensors;
    },
  };
}

import { backend } from '@tensorflow/tfjs-core';
import type { WasmBackend } from '../../../src/backend/wasm/heap.js';

/** What is allocated and not freed in the memory of the wasm backend. */
export interface Allocations {
  readonly open: Set<number>;
  /** How many may be open at once; beyond, memory is full. */
  most: number;
  restore(): void;
}

/** Counts from now on. Kernels that are installed must be taken away before, and before `restore`. */
export function countAllocations(): Allocations {
  const { wasm } = backend() as unknown as WasmBackend;
  const { _malloc, _free } = wasm;
  const open = new Set<number>();
  const allocations: Allocations = {
    open,
    most: Infinity,
    restore: () => Object.assign(wasm, { _malloc, _free }),
  };
  wasm._malloc = (bytes) => {
    if (open.size >= allocations.most) return 0;
    const address = _malloc(bytes);
    open.add(address);
    return address;
  };
  wasm._free = (address) => {
    open.delete(address);
    _free(address);
  };
  return allocations;
}

import { engine } from '@tensorflow/tfjs-core';
import { memoryOf, type WasmBackend } from '../src/backend/wasm/heap.js';
import { compile } from '../scripts/buildWasm.mjs';

/** What the processor can do at most with 128-bit SIMD: loops that do nothing but compute, or read. */
export interface Limits {
  /** Runs a register-only loop of `flopPerRun` operations. */
  compute(): void;
  readonly flopPerRun: number;
  /** Reads `bytes` bytes of the memory of the wasm backend. */
  read(bytes: number): void;
  dispose(): void;
}

/** Compiles the loops into the memory of tfjs's wasm backend, which must have been started. */
export async function startLimits(largestRead: number): Promise<Limits> {
  const backend = engine().registry['wasm'] as unknown as WasmBackend;
  const { wasm } = backend;
  const memory = memoryOf(backend);
  const { instance } = await WebAssembly.instantiate(await compile('src/backend/wasm/assembly/peak.ts'), {
    env: { memory, abort: () => undefined },
  });
  const loops = instance.exports as unknown as {
    arithmetic(rounds: number): number;
    read(at: number, bytes: number): number;
  };
  const address = wasm._malloc(largestRead) >>> 0;
  new Float32Array(memory.buffer, address, largestRead / 4).fill(1);
  const rounds = 2_000_000;
  return {
    compute: () => loops.arithmetic(rounds),
    flopPerRun: rounds * 64,
    read: (bytes) => loops.read(address, Math.min(bytes, largestRead) & ~127),
    dispose: () => wasm._free(address),
  };
}

import type { Kernels } from '../../../src/backend/wasm/generated/kernels.js';
import { unsharedModule } from '../../../src/backend/wasm/generated/unsharedModule.js';
import { startKernels } from '../../../src/backend/wasm/heap.js';

const PAGE = 65536;
const BYTES = 40 * PAGE;
/** Not-a-numbers that all differ, so that a fence that is copied over another one is found. */
const FENCES: Uint32Array = Uint32Array.from({ length: BYTES / 4 }, (_, word) => 0x7fc00000 + word);
const module = new WebAssembly.Module(Buffer.from(unsharedModule, 'base64'));

/**
 * A memory in which operands lie apart, each between fences of NaN; `last` ends with the memory itself, so
 * that reading on is a trap. Whatever reads a fence gives NaN, and whatever writes one changes it.
 */
export class Fenced {
  readonly memory: WebAssembly.Memory = new WebAssembly.Memory({ initial: BYTES / PAGE });
  readonly kernels: Kernels = startKernels(module, this.memory);
  private next = 64;
  private readonly used: { at: number; end: number }[] = [];

  constructor() {
    new Uint32Array(this.memory.buffer).set(FENCES);
  }

  put(values: Float32Array | Int32Array, last = false): number {
    const bytes = values.byteLength;
    const at = last ? BYTES - bytes : this.next;
    if (!last) this.next += bytes + 64 + 4 * (this.used.length % 4); // aligned to a float, no more
    this.used.push({ at, end: at + bytes });
    new Uint8Array(this.memory.buffer, at, bytes).set(
      new Uint8Array(values.buffer, values.byteOffset, bytes),
    );
    return at;
  }

  room(count: number, last = false): number {
    return this.put(new Float32Array(count).fill(NaN), last);
  }

  read(at: number, count: number): Float32Array {
    return new Float32Array(this.memory.buffer, at, count).slice();
  }

  /** Whether every byte that no operand takes is as it was. */
  isIntact(): boolean {
    const words = new Uint32Array(this.memory.buffer);
    let at = 0;
    for (const { at: from, end } of [...this.used].sort((a, b) => a.at - b.at)) {
      for (; at < from; at += 4) if (words[at / 4] !== FENCES[at / 4]) return false;
      at = Math.max(at, end);
    }
    for (; at < BYTES; at += 4) if (words[at / 4] !== FENCES[at / 4]) return false;
    return true;
  }
}

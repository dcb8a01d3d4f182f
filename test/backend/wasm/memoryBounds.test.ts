import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unsharedModule } from '../../../src/backend/wasm/generated/unsharedModule.js';
import type { KernelExports } from '../../../src/backend/wasm/kernelExports.js';
import { createRandom, floats, largestError, multiply64 } from './reference.js';

const PAGE = 65536;
const module = new WebAssembly.Module(Buffer.from(unsharedModule, 'base64'));

/**
 * A memory in which operands lie apart, each between fences of NaN; `last` ends with the memory itself, so that reading
 * on is a trap. Whatever reads a fence gives NaN, and whatever writes one changes it.
 */
class Fenced {
  readonly memory: WebAssembly.Memory = new WebAssembly.Memory({ initial: 40 });
  readonly kernels: KernelExports = new WebAssembly.Instance(module, {
    env: { memory: this.memory, abort: () => undefined, log: Math.log },
  }).exports as unknown as KernelExports;
  private next = 64;
  private readonly used: { at: number; end: number }[] = [];

  constructor() {
    new Float32Array(this.memory.buffer).fill(NaN);
  }

  put(values: Float32Array | Int32Array, last = false): number {
    const bytes = values.byteLength;
    const at = last ? 40 * PAGE - bytes : this.next;
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
    const nan = new Uint32Array(Float32Array.of(NaN).buffer)[0];
    let at = 0;
    for (const { at: from, end } of [...this.used].sort((a, b) => a.at - b.at)) {
      for (; at < from; at += 4) if (words[at / 4] !== nan) return false;
      at = Math.max(at, end);
    }
    for (; at < words.length * 4; at += 4) if (words[at / 4] !== nan) return false;
    return true;
  }
}

describe('the matrix product', () => {
  const transposes = [0, 1, 2, 3].map((bits) => [bits & 1, bits >> 1] as const);

  it.each(transposes)(
    'with transposeA %i and transposeB %i reads and writes its operands alone, at every number of rows that packs nothing',
    (transposeA, transposeB) => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 27 }),
          fc.constantFrom(0, 1, 2, 3, 5, 6, 7, 8, 9, 13, 31),
          fc.constantFrom(0, 1, 2, 3, 5, 6, 7, 8, 9, 15, 257),
          fc.boolean(),
          fc.constantFrom('a', 'b', 'c'),
          fc.nat(),
          (rows, columns, depth, accumulate, last, seed) => {
            const random = createRandom(seed);
            const [a, b] = [floats(random, rows * depth), floats(random, depth * columns)];
            const before = floats(random, rows * columns);
            const fenced = new Fenced();
            const { kernels } = fenced;
            const c = fenced.put(accumulate ? before : before.map(() => NaN), last === 'c');
            kernels.matMul(
              fenced.put(a, last === 'a'),
              transposeA,
              fenced.put(b, last === 'b'),
              transposeB,
              c,
              rows,
              columns,
              depth,
              +accumulate,
              fenced.room(kernels.scratchBytes() / 4),
            );
            const product = multiply64(a, transposeA === 1, b, transposeB === 1, [rows, depth, columns]);
            const expected = accumulate ? product.map((sum, i) => sum + (before[i] as number)) : product;
            expect(largestError(fenced.read(c, rows * columns), expected)).toBeLessThan(5e-5);
            expect(fenced.isIntact()).toBe(true);
          },
        ),
        { seed: 3, numRuns: 200 },
      );
    },
  );

  it.each(transposes)(
    'with transposeA %i and transposeB %i keeps to its scratch memory at great depth',
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
        fenced.kernels.matMul(
          fenced.put(a),
          transposeA,
          fenced.put(b),
          transposeB,
          c,
          rows,
          3,
          depth,
          0,
          fenced.room(fenced.kernels.scratchBytes() / 4),
        );
        const expected = multiply64(a, transposeA === 1, b, transposeB === 1, [rows, depth, 3]);
        expect(largestError(fenced.read(c, rows * 3), expected)).toBeLessThan(2e-4);
        expect(fenced.isIntact()).toBe(true);
      }
    },
  );
});

import { memory, ones, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { createRandom } from '../../src/core/random.js';
import { dropout, dropoutMask } from '../../src/ops/dropoutMask.js';

beforeAll(() => useBackend('cpu'));

describe('dropoutMask', () => {
  it('holds zeros at the given rate, and 1 / (1 - rate) elsewhere', () => {
    const mask = dropoutMask([101, 103], 0.3, 5);
    expect(mask.shape).toEqual([101, 103]);
    const values = mask.dataSync();
    const zeros = values.filter((value) => value === 0).length / values.length;
    expect(zeros).toBeCloseTo(0.3, 1);
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.7)]));
    mask.dispose();
  });

  it('is the documented hash', () => {
    // i = 0, seed 0 hashes to 0, which is dropped at any rate above 0
    const values = dropoutMask([5], 0.5, 0).dataSync();
    expect([...values]).toEqual([0, ...[1, 2, 3, 4].map((i) => (hash(i, 0) >= 0x800000 ? 2 : 0))]);
  });

  it('depends on the seed alone, and on its lowest 32 bits', () => {
    const values = (seed: number) => [...dropoutMask([50], 0.5, seed).dataSync()];
    expect(values(1)).toEqual(values(1));
    expect(values(1)).not.toEqual(values(2));
    expect(values(2 ** 32 + 1)).toEqual(values(1));
  });

  it('is all ones at rate 0, and leaves nothing else behind', () => {
    const before = memory().numTensors;
    const mask = dropoutMask([2, 3], 0, 1);
    expect([...mask.dataSync()]).toEqual([1, 1, 1, 1, 1, 1]);
    mask.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it('refuses a rate of 1', () => {
    expect(() => dropoutMask([2], 1, 0)).toThrow('dropoutMask: expected rate to be a finite number');
  });
});

describe.each(['wasm', 'cpu'] as const)('dropout on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  it('zeroes its share and keeps the mean; a rate of 0 touches nothing', () => {
    const before = memory().numTensors;
    tidy(() => {
      const x = ones([50, 101]);
      const random = createRandom(1);
      expect(dropout(x, 0, random)).toBe(x);
      expect(random.state()).toEqual(createRandom(1).state());
      const first = [...dropout(x, 0.2, random).dataSync()];
      expect(new Set(first)).toEqual(new Set([0, Math.fround(1 / 0.8)]));
      const zeros = first.filter((value) => value === 0).length / first.length;
      expect(Math.abs(zeros - 0.2)).toBeLessThan(0.02);
      expect([...dropout(x, 0.2, random).dataSync()]).not.toEqual(first);
      expect([...dropout(x, 0.2, createRandom(1)).dataSync()]).toEqual(first);
    });
    expect(memory().numTensors).toBe(before);
  });
});

/** The hash in big integers: the top 24 bits. */
function hash(i: number, seed: number): number {
  const word = 0xffffffffn;
  let x = (BigInt(i) * 0x9e3779b9n + BigInt(seed)) & word;
  x ^= x >> 16n;
  x = (x * 0x21f0aaadn) & word;
  x ^= x >> 15n;
  x = (x * 0x735a2d97n) & word;
  x ^= x >> 15n;
  return Number(x >> 8n);
}

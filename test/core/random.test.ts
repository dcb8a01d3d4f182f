import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom, shuffle, type Random, type RandomState } from '../../src/core/random.js';

const words = (random: Random, count: number): number[] =>
  Array.from({ length: count }, () => random.next() * 2 ** 32);

describe('createRandom', () => {
  test('gives the numbers of the reference xoshiro128** (Blackman & Vigna) from the state 1, 2, 3, 4', () => {
    expect(words(createRandom([1, 2, 3, 4]), 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  test('expands a seed by splitmix32, here in exact whole numbers', () => {
    const word = 2n ** 32n;
    const expand = (seed: bigint): number[] =>
      [1n, 2n, 3n, 4n].map((n) => {
        let z = (seed + n * 0x9e3779b9n) % word;
        z = ((z ^ (z >> 16n)) * 0x21f0aaadn) % word;
        z = ((z ^ (z >> 15n)) * 0x735a2d97n) % word;
        return Number(BigInt.asIntN(32, z ^ (z >> 15n)));
      });
    for (const seed of [0, 1, 42, 2 ** 32 - 1]) {
      expect(createRandom(seed).state()).toEqual(expand(BigInt(seed)));
    }
  });

  test('uses the upper bits of a long seed', () => {
    expect(words(createRandom(7), 3)).not.toEqual(words(createRandom(7 + 2 ** 40), 3));
  });

  test('goes on from a saved state', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(20), (seed, used) => {
        const random = createRandom(seed);
        words(random, used);
        const saved = JSON.parse(JSON.stringify(random.state())) as RandomState;
        expect(words(createRandom(saved), 5)).toEqual(words(random, 5));
      }),
      { seed: 1, numRuns: 50 },
    );
  });

  test('is uniform: every one of 16 buckets of 32,000 numbers holds its share (chi-squared, p > 0.001)', () => {
    for (const seed of [0, 1, 2]) {
      const random = createRandom(seed);
      const counts = new Array<number>(16).fill(0);
      for (let i = 0; i < 32_000; i++) {
        const bucket = random.integer(16);
        counts[bucket] = (counts[bucket] as number) + 1;
      }
      const chiSquared = counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0);
      expect(chiSquared).toBeLessThan(37.7); // 15 degrees of freedom
    }
  });

  test('draws whole numbers from 0 to below, all of them', () => {
    const random = createRandom(3);
    const seen = new Set(Array.from({ length: 200 }, () => random.integer(7)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(random.integer(1)).toBe(0);
  });

  test('normal numbers have mean 0, variance 1 and the right share beyond two deviations', () => {
    const random = createRandom(5);
    const values = Array.from({ length: 20_000 }, () => random.normal());
    const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
    const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
    const beyond = values.filter((x) => Math.abs(x) > 2).length / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.05);
    expect(Math.abs(beyond - 0.0455)).toBeLessThan(0.006);
  });

  test('a fork is independent: using it does not move its parent, and their numbers do not correlate', () => {
    const [a, b] = [createRandom(9), createRandom(9)];
    const fork = a.fork();
    b.fork();
    const forked = words(fork, 4000);
    const parent = words(a, 4000);
    expect(parent).toEqual(words(b, 4000));
    const half = 2 ** 31;
    const agreeing = parent.filter((value, i) => value < half === (forked[i] as number) < half).length;
    expect(Math.abs(agreeing / 4000 - 0.5)).toBeLessThan(0.03);
  });

  test.each([
    [-1],
    [0.5],
    [NaN],
    [Infinity],
    [undefined],
    [null],
    ['1'],
    [[1, 2, 3]],
    [[1, 2, 3, 0.5]],
    [[0, 0, 0, 0]],
  ])('refuses the seed %o', (seed) => {
    expect(() => createRandom(seed as number)).toThrow(
      expect.objectContaining({ code: 'invalid-option', message: expect.stringMatching(/^createRandom: /) }),
    );
  });
});

describe('shuffle', () => {
  test('works in place and keeps every item', () => {
    const items = [2, 3, 5, 7, 11];
    expect(shuffle(items, createRandom(1))).toBe(items);
    expect([...items].sort((a, b) => a - b)).toEqual([2, 3, 5, 7, 11]);
    expect(shuffle([], createRandom(1))).toEqual([]);
  });

  test('every order of three is equally likely (chi-squared, p > 0.001)', () => {
    const random = createRandom(4);
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffle(['a', 'b', 'c'], random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    const chiSquared = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquared).toBeLessThan(20.5); // 5 degrees of freedom
  });
});

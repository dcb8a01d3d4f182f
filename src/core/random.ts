import { mismatch } from './errors.js';
import { nonNegativeInteger } from './options.js';

/** A seeded source of random numbers. The same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1), with 32 random bits. */
  next(): number;
  /** A whole number in [0, below). */
  integer(below: number): number;
  /** Standard normal, by the polar method (Marsaglia & Bray 1964). */
  normal(): number;
  /** A new generator whose sequence is independent of this one's; consumes one number. */
  fork(): Random;
  /** The four words of the state; `createRandom(state)` goes on from there. */
  state(): RandomState;
}

/** The state of a {@link Random}: four 32-bit words, not all zero. */
export type RandomState = readonly [number, number, number, number];

/**
 * xoshiro128** (Blackman & Vigna 2018), seeded through splitmix32.
 *
 * @param seed a whole number from 0, or the state of an earlier generator
 * @throws `invalid-option` for anything else
 *
 * @example
 * ```ts
 * import { createRandom } from 'tfjs-seq2seq';
 *
 * const random = createRandom(42);
 * console.log(random.next(), random.integer(6) + 1, random.normal());
 * const again = createRandom(random.state());
 * console.log(again.next() === random.next()); // true
 * ```
 */
export function createRandom(seed: number | RandomState): Random {
  let [a, b, c, d] = Array.isArray(seed)
    ? checkState(seed)
    : expand(nonNegativeInteger('createRandom', 'seed', seed));

  const bits = (): number => {
    const r = Math.imul(b, 5);
    const result = Math.imul((r << 7) | (r >>> 25), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = (d << 11) | (d >>> 21);
    return result;
  };

  const random: Random = {
    next: () => bits() / 0x1_0000_0000,
    integer: (below) => Math.floor((bits() / 0x1_0000_0000) * below),
    normal() {
      for (;;) {
        const x = 2 * random.next() - 1;
        const y = 2 * random.next() - 1;
        const s = x * x + y * y;
        if (s > 0 && s < 1) return x * Math.sqrt((-2 * Math.log(s)) / s);
      }
    },
    fork: () => createRandom(bits()),
    state: () => [a, b, c, d],
  };
  return random;
}

function checkState(state: readonly unknown[]): RandomState {
  // From zeros alone the generator never leaves, and normal() would not end.
  if (state.length === 4 && state.every(Number.isInteger) && state.some((word) => word !== 0))
    return state as unknown as RandomState;
  const expected = 'a state of four whole numbers that are not all 0';
  throw mismatch('invalid-option', { where: 'createRandom', expected, received: state });
}

function expand(seed: number): RandomState {
  let word = (seed ^ Math.floor(seed / 0x1_0000_0000)) >>> 0;
  const next = (): number => {
    word = (word + 0x9e3779b9) | 0;
    let z = word;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) | 0;
  };
  return [next(), next(), next(), next()];
}

/** Shuffles in place (Fisher–Yates) and returns the same array. */
export function shuffle<T>(items: T[], random: Random): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const swapped = items[i] as T;
    items[i] = items[j] as T;
    items[j] = swapped;
  }
  return items;
}

import { mul, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel, type KernelDefinition } from '../core/engine.js';
import { finiteNumber, nonNegativeInteger } from '../core/options.js';
import type { Random } from '../core/random.js';

/** No input; attributes `shape`, `rate`, `seed`; output the mask. See {@link dropoutMask} for the hash. */
export const DROPOUT_MASK: KernelDefinition = {
  name: 'Seq2SeqDropoutMask',
  compose: ({ attrs }) => {
    const { shape, rate, seed } = attrs as unknown as { shape: number[]; rate: number; seed: number };
    return tensor(
      maskValues(
        shape.reduce((product, size) => product * size, 1),
        rate,
        seed,
      ),
      shape,
    );
  },
};

/**
 * A mask to multiply with: 0 with probability `rate`, else `1 / (1 - rate)` (Srivastava et al. 2014, the
 * inverted form of PyTorch). Each element is a hash of its index and the seed, so that every backend makes
 * the same mask.
 *
 * @param shape of the mask
 * @param rate share of zeros, in [0, 1)
 * @param seed a whole number; its lowest 32 bits count
 * @returns a float32 tensor that the caller owns
 * @throws `invalid-option` for a rate or seed out of range
 */
export function dropoutMask(shape: readonly number[], rate: number, seed: number): Tensor {
  finiteNumber({ min: 0, below: 1 })('dropoutMask', 'rate', rate);
  nonNegativeInteger('dropoutMask', 'seed', seed);
  return runKernel<Tensor>(DROPOUT_MASK, {}, { shape: [...shape], rate, seed: seed % 0x1_0000_0000 });
}

/**
 * Inverted dropout (Srivastava et al. 2014): each element is 0 with probability `rate`, else scaled by
 * 1 / (1 - rate).
 *
 * @param rate in [0, 1); 0 returns `x` itself
 * @param random gives the seed of the mask
 */
export function dropout<T extends Tensor>(x: T, rate: number, random: Random): T {
  return rate === 0 ? x : mul(x, dropoutMask(x.shape, rate, dropoutSeed(random)));
}

/** A fresh seed for `dropoutMask`. */
export function dropoutSeed(random: Random): number {
  return random.integer(0x1_0000_0000);
}

function maskValues(size: number, rate: number, seed: number): Float32Array {
  const values = new Float32Array(size);
  const threshold = Math.floor(rate * 0x100_0000); // of 24 bits
  const kept = 1 / (1 - rate);
  for (let i = 0; i < size; i++) {
    let x = (Math.imul(i, 0x9e3779b9) + seed) | 0;
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    x ^= x >>> 15;
    if (x >>> 8 >= threshold) values[i] = kept;
  }
  return values;
}

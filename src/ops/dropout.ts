import { mul, type Tensor } from '@tensorflow/tfjs-core';
import type { Random } from '../core/random.js';
import { dropoutMask } from './dropoutMask.js';

/**
 * Inverted dropout (Srivastava et al. 2014): each element is 0 with probability `rate`, else scaled by 1 / (1 - rate).
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

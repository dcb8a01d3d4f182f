import { store } from './lanes';

/**
 * Element i is 0 where the hash of (i, seed) is below `threshold`, and else `kept`. The hash has 24 bits; it
 * is that of `src/ops/dropoutMask.ts`.
 */
export function dropoutMask(out: usize, count: i32, seed: i32, threshold: i32, kept: f32): void {
  let index = i32x4(0, 1, 2, 3);
  for (let left = count; left > 0; left -= 4) {
    let x = i32x4.add(i32x4.mul(index, i32x4.splat(<i32>0x9e3779b9)), i32x4.splat(seed));
    x = v128.xor(x, i32x4.shr_u(x, 16));
    x = i32x4.mul(x, i32x4.splat(0x21f0aaad));
    x = v128.xor(x, i32x4.shr_u(x, 15));
    x = i32x4.mul(x, i32x4.splat(0x735a2d97));
    x = v128.xor(x, i32x4.shr_u(x, 15));
    const keeps = i32x4.ge_s(i32x4.shr_u(x, 8), i32x4.splat(threshold));
    store(out, v128.and(f32x4.splat(kept), keeps), left);
    out += 16;
    index = i32x4.add(index, i32x4.splat(4));
  }
}

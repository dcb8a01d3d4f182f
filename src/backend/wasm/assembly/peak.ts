// For the benchmarks alone: the most that this processor can do with 128-bit SIMD. It is no part of the
// library's module.

/**
 * `rounds` times 8 multiplications and 8 additions of four floats, 64 flop a round, which never leave the
 * registers. The factors x and y change each round, so that no product can be moved out of the loop.
 */
export function arithmetic(rounds: i32): f32 {
  const p = f32x4.splat(1.1), q = f32x4.splat(1.2), r = f32x4.splat(1.3);
  let x = f32x4.splat(1), y = f32x4.splat(2), a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x;
  for (let n = rounds; n > 0; n--) {
    a = f32x4.add(a, f32x4.mul(x, p)); b = f32x4.add(b, f32x4.mul(x, q)); c = f32x4.add(c, f32x4.mul(x, r));
    d = f32x4.add(d, f32x4.mul(y, p)); e = f32x4.add(e, f32x4.mul(y, q)); f = f32x4.add(f, f32x4.mul(y, r));
    g = f32x4.add(g, p); h = f32x4.add(h, q);
    x = f32x4.mul(x, p);
    y = f32x4.mul(y, p);
  }
  const low = f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), high = f32x4.add(f32x4.add(e, f), f32x4.add(g, h));
  return f32x4.extract_lane(f32x4.add(low, high), 0);
}

/** Reads `bytes` (a multiple of 128) from `at` on, in order, and adds them up. */
export function read(at: usize, bytes: usize): f32 {
  let a = f32x4.splat(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
  for (const end = at + bytes; at < end; at += 128) {
    a = f32x4.add(a, v128.load(at)); b = f32x4.add(b, v128.load(at, 16));
    c = f32x4.add(c, v128.load(at, 32)); d = f32x4.add(d, v128.load(at, 48));
    e = f32x4.add(e, v128.load(at, 64)); f = f32x4.add(f, v128.load(at, 80));
    g = f32x4.add(g, v128.load(at, 96)); h = f32x4.add(h, v128.load(at, 112));
  }
  const low = f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), high = f32x4.add(f32x4.add(e, f), f32x4.add(g, h));
  return f32x4.extract_lane(f32x4.add(low, high), 0);
}

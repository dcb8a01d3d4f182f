// For the benchmarks alone: what this processor can do at most with 128-bit SIMD. Not part of the library's module.

/** `rounds` times 24 multiplications and 24 additions of four floats that never leave the registers: 192 flop a round. */
export function arithmetic(rounds: i32): f32 {
  const factor = f32x4.splat(1.0000001), step = f32x4.splat(1e-9);
  let a = f32x4.splat(1), b = f32x4.splat(2), c = f32x4.splat(3), d = f32x4.splat(4), e = f32x4.splat(5), f = f32x4.splat(6);
  let p = a, q = b, r = c, s = d, t = e, u = f;
  for (let i = 0; i < rounds; i++) {
    a = f32x4.mul(a, factor); p = f32x4.add(p, step); b = f32x4.mul(b, factor); q = f32x4.add(q, step);
    c = f32x4.mul(c, factor); r = f32x4.add(r, step); d = f32x4.mul(d, factor); s = f32x4.add(s, step);
    e = f32x4.mul(e, factor); t = f32x4.add(t, step); f = f32x4.mul(f, factor); u = f32x4.add(u, step);
    a = f32x4.mul(a, factor); p = f32x4.add(p, step); b = f32x4.mul(b, factor); q = f32x4.add(q, step);
    c = f32x4.mul(c, factor); r = f32x4.add(r, step); d = f32x4.mul(d, factor); s = f32x4.add(s, step);
    e = f32x4.mul(e, factor); t = f32x4.add(t, step); f = f32x4.mul(f, factor); u = f32x4.add(u, step);
    a = f32x4.mul(a, factor); p = f32x4.add(p, step); b = f32x4.mul(b, factor); q = f32x4.add(q, step);
    c = f32x4.mul(c, factor); r = f32x4.add(r, step); d = f32x4.mul(d, factor); s = f32x4.add(s, step);
    e = f32x4.mul(e, factor); t = f32x4.add(t, step); f = f32x4.mul(f, factor); u = f32x4.add(u, step);
    a = f32x4.mul(a, factor); p = f32x4.add(p, step); b = f32x4.mul(b, factor); q = f32x4.add(q, step);
    c = f32x4.mul(c, factor); r = f32x4.add(r, step); d = f32x4.mul(d, factor); s = f32x4.add(s, step);
    e = f32x4.mul(e, factor); t = f32x4.add(t, step); f = f32x4.mul(f, factor); u = f32x4.add(u, step);
  }
  const products = f32x4.add(f32x4.add(f32x4.add(a, b), f32x4.add(c, d)), f32x4.add(e, f));
  const sums = f32x4.add(f32x4.add(f32x4.add(p, q), f32x4.add(r, s)), f32x4.add(t, u));
  return f32x4.extract_lane(f32x4.add(products, sums), 0);
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

// Products with few rows of A, where the rows of B are contiguous. Reading B takes the time, so that nothing
// is packed.

/**
 * C += A x B by sums of scaled rows, where the rows of B are contiguous. Strides are in bytes. B is read from
 * memory once, in four streams that are as far apart and as long as can be. A processor fetches ahead of a
 * stream, and where the stream is short that is lost.
 */
export function multiplyByRows(
  a: usize, rowStride: usize, columnStride: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  rows: i32, columns: i32, depth: i32,
): void {
  const quarter = depth >> 2, aStep = <usize>quarter * columnStride, bStep = <usize>quarter * ldb;
  for (let k = 0; k < quarter; k++) {
    const x = a + <usize>k * columnStride, from = b + <usize>k * ldb;
    let i = 0;
    for (; i + 2 <= rows; i += 2) {
      addRowsTwice(x + <usize>i * rowStride, rowStride, aStep, from, bStep, c + <usize>i * ldc, ldc, columns);
    }
    if (i < rows) addRows(x + <usize>i * rowStride, aStep, from, bStep, c + <usize>i * ldc, columns);
  }
  for (let k = 4 * quarter; k < depth; k++) {
    for (let i = 0; i < rows; i++) {
      const x = f32.load(a + <usize>i * rowStride + <usize>k * columnStride);
      addScaled(x, b + <usize>k * ldb, c + <usize>i * ldc, columns);
    }
  }
}

/** c += x0 * b0 + … + x3 * b3 over `width` floats. The four x and b stand their strides apart. */
export function addRows(x: usize, xStep: usize, b0: usize, ldb: usize, c: usize, width: i32): void {
  const v0 = v128.load32_splat(x), v1 = v128.load32_splat(x + xStep);
  const v2 = v128.load32_splat(x + 2 * xStep), v3 = v128.load32_splat(x + 3 * xStep);
  let b1 = b0 + ldb, b2 = b1 + ldb, b3 = b2 + ldb;
  let p = v0, q = v0;
  // Four vectors a round, because stepping on takes as long as reading.
  for (const end = c + (<usize>(width & ~15) << 2); c < end; c += 64) {
    p = weightedPair(v0, v128.load(b0), v1, v128.load(b1));
    q = weightedPair(v2, v128.load(b2), v3, v128.load(b3));
    v128.store(c, f32x4.add(v128.load(c), f32x4.add(p, q)));
    p = weightedPair(v0, v128.load(b0, 16), v1, v128.load(b1, 16));
    q = weightedPair(v2, v128.load(b2, 16), v3, v128.load(b3, 16));
    v128.store(c, f32x4.add(v128.load(c, 16), f32x4.add(p, q)), 16);
    p = weightedPair(v0, v128.load(b0, 32), v1, v128.load(b1, 32));
    q = weightedPair(v2, v128.load(b2, 32), v3, v128.load(b3, 32));
    v128.store(c, f32x4.add(v128.load(c, 32), f32x4.add(p, q)), 32);
    p = weightedPair(v0, v128.load(b0, 48), v1, v128.load(b1, 48));
    q = weightedPair(v2, v128.load(b2, 48), v3, v128.load(b3, 48));
    v128.store(c, f32x4.add(v128.load(c, 48), f32x4.add(p, q)), 48);
    b0 += 64; b1 += 64; b2 += 64; b3 += 64;
  }
  for (const end = c + (<usize>(width & 12) << 2); c < end; c += 16) {
    p = weightedPair(v0, v128.load(b0), v1, v128.load(b1));
    q = weightedPair(v2, v128.load(b2), v3, v128.load(b3));
    v128.store(c, f32x4.add(v128.load(c), f32x4.add(p, q)));
    b0 += 16; b1 += 16; b2 += 16; b3 += 16;
  }
  addRest(x, xStep, b0, ldb, c, width & 3);
}

@inline
function weightedPair(v0: v128, r0: v128, v1: v128, r1: v128): v128 {
  return f32x4.add(f32x4.mul(v0, r0), f32x4.mul(v1, r1));
}

/** {@link addRows} for two rows of A and C. */
export function addRowsTwice(
  x: usize, rowStride: usize, xStep: usize, b0: usize, ldb: usize, c: usize, ldc: usize, width: i32,
): void {
  const y = x + rowStride;
  const v0 = v128.load32_splat(x), v1 = v128.load32_splat(x + xStep);
  const v2 = v128.load32_splat(x + 2 * xStep), v3 = v128.load32_splat(x + 3 * xStep);
  const w0 = v128.load32_splat(y), w1 = v128.load32_splat(y + xStep);
  const w2 = v128.load32_splat(y + 2 * xStep), w3 = v128.load32_splat(y + 3 * xStep);
  let b1 = b0 + ldb, b2 = b1 + ldb, b3 = b2 + ldb, d = c + ldc;
  let r = v0, s = v0, p = v0, q = v0;
  // Two rows of B at a time, because the registers are full.
  for (const end = c + (<usize>(width & ~7) << 2); c < end; c += 32) {
    r = v128.load(b0); s = v128.load(b1);
    p = weightedPair(v0, r, v1, s); q = weightedPair(w0, r, w1, s);
    r = v128.load(b2); s = v128.load(b3);
    p = f32x4.add(p, weightedPair(v2, r, v3, s)); q = f32x4.add(q, weightedPair(w2, r, w3, s));
    v128.store(c, f32x4.add(v128.load(c), p)); v128.store(d, f32x4.add(v128.load(d), q));
    r = v128.load(b0, 16); s = v128.load(b1, 16);
    p = weightedPair(v0, r, v1, s); q = weightedPair(w0, r, w1, s);
    r = v128.load(b2, 16); s = v128.load(b3, 16);
    p = f32x4.add(p, weightedPair(v2, r, v3, s)); q = f32x4.add(q, weightedPair(w2, r, w3, s));
    v128.store(c, f32x4.add(v128.load(c, 16), p), 16); v128.store(d, f32x4.add(v128.load(d, 16), q), 16);
    b0 += 32; b1 += 32; b2 += 32; b3 += 32;
    d += 32;
  }
  for (const end = c + (<usize>(width & 4) << 2); c < end; c += 16) {
    r = v128.load(b0); s = v128.load(b1);
    p = weightedPair(v0, r, v1, s); q = weightedPair(w0, r, w1, s);
    r = v128.load(b2); s = v128.load(b3);
    p = f32x4.add(p, weightedPair(v2, r, v3, s)); q = f32x4.add(q, weightedPair(w2, r, w3, s));
    v128.store(c, f32x4.add(v128.load(c), p)); v128.store(d, f32x4.add(v128.load(d), q));
    b0 += 16; b1 += 16; b2 += 16; b3 += 16;
    d += 16;
  }
  addRest(x, xStep, b0, ldb, c, width & 3);
  addRest(y, xStep, b0, ldb, d, width & 3);
}

/** The last few floats of {@link addRows}, at most three. */
function addRest(x: usize, xStep: usize, b: usize, ldb: usize, c: usize, width: i32): void {
  if (width == 0) return;
  for (let k = 0; k < 4; k++) {
    addScaled(f32.load(x), b, c, width);
    x += xStep;
    b += ldb;
  }
}

/** c += x * b over `width` floats. */
export function addScaled(x: f32, b: usize, c: usize, width: i32): void {
  const v = f32x4.splat(x);
  const end4 = c + (<usize>(width & ~3) << 2), end = c + (<usize>width << 2);
  while (c < end4) {
    v128.store(c, f32x4.add(v128.load(c), f32x4.mul(v, v128.load(b))));
    b += 16;
    c += 16;
  }
  while (c < end) {
    f32.store(c, f32.load(c) + x * f32.load(b));
    b += 4;
    c += 4;
  }
}

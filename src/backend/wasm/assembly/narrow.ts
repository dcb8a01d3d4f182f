// Products with few rows of A: bound by reading B, so B is read once, in order, and nothing is packed.

import { sumOf } from './lanes';


/** The sum of the lanes, and of the products of the last one to three elements. */
@inline
function finish(sum: f32, a: usize, b: usize, count: i32): f32 {
  for (; count > 0; count--) {
    sum += f32.load(a) * f32.load(b);
    a += 4;
    b += 4;
  }
  return sum;
}

@inline
function put(c: usize, value: f32, accumulate: bool): void {
  f32.store(c, accumulate ? f32.load(c) + value : value);
}

/** One packed row of A with two columns of B. */
function dots1(pa: usize, b: usize, b1: usize, depth: i32, c: usize, apart: usize, accumulate: bool): void {
  let p0 = f32x4.splat(0), p1 = p0, q0 = p0, q1 = p0;
  let k = depth;
  for (; k >= 8; k -= 8) {
    let x = v128.load(pa);
    p0 = f32x4.add(p0, f32x4.mul(x, v128.load(b))); q0 = f32x4.add(q0, f32x4.mul(x, v128.load(b1)));
    x = v128.load(pa, 16);
    p1 = f32x4.add(p1, f32x4.mul(x, v128.load(b, 16))); q1 = f32x4.add(q1, f32x4.mul(x, v128.load(b1, 16)));
    pa += 32;
    b += 32;
    b1 += 32;
  }
  putPair(c, apart, f32x4.add(p0, p1), f32x4.add(q0, q1), pa, b, b1, k, accumulate);
}

/** How many rows the next group takes of `left`: up to four, which fill the registers, and never leaving one alone. */
@inline
function groupSize(left: i32): i32 {
  return left <= 4 ? left : left <= 6 || left == 9 ? 3 : 4;
}

/** Lays a group of rows of A out in the order in which {@link dots} reads them: four elements of each row, then the next four. */
function packGroup(a: usize, rowStride: usize, columnStride: usize, rows: i32, depth: i32, out: usize): void {
  const step = <usize>rows << 4;
  for (let i = 0; i < rows; i++) {
    let from = a, to = out;
    for (let k = 0; k < depth; k++) {
      f32.store(to + (<usize>(k & 3) << 2), f32.load(from));
      from += columnStride;
      if ((k & 3) == 3) to += step;
    }
    a += rowStride;
    out += 16;
  }
}

/** A packed group of `rows` (2 to 4, a constant) rows of A with two columns of B. */
@inline
function dots(rows: i32, pa: usize, b: usize, b1: usize, depth: i32, c: usize, apart: usize, ldc: usize, accumulate: bool): void {
  let p0 = f32x4.splat(0), p1 = p0, p2 = p0, p3 = p0, q0 = p0, q1 = p0, q2 = p0, q3 = p0;
  for (const end = b + (<usize>(depth & ~3) << 2); b < end; b += 16) {
    const v = v128.load(b), w = v128.load(b1);
    let x = v128.load(pa);
    p0 = f32x4.add(p0, f32x4.mul(x, v)); q0 = f32x4.add(q0, f32x4.mul(x, w));
    x = v128.load(pa, 16);
    p1 = f32x4.add(p1, f32x4.mul(x, v)); q1 = f32x4.add(q1, f32x4.mul(x, w));
    if (rows > 2) {
      x = v128.load(pa, 32);
      p2 = f32x4.add(p2, f32x4.mul(x, v)); q2 = f32x4.add(q2, f32x4.mul(x, w));
    }
    if (rows > 3) {
      x = v128.load(pa, 48);
      p3 = f32x4.add(p3, f32x4.mul(x, v)); q3 = f32x4.add(q3, f32x4.mul(x, w));
    }
    pa += <usize>rows << 4;
    b1 += 16;
  }
  const rest = depth & 3;
  putPair(c, apart, p0, q0, pa, b, b1, rest, accumulate);
  putPair(c + ldc, apart, p1, q1, pa + 16, b, b1, rest, accumulate);
  if (rows > 2) putPair(c + 2 * ldc, apart, p2, q2, pa + 32, b, b1, rest, accumulate);
  if (rows > 3) putPair(c + 3 * ldc, apart, p3, q3, pa + 48, b, b1, rest, accumulate);
}

/** Two elements of C: the sums of the lanes of p and q, and of the last `count` products. */
function putPair(
  c: usize, apart: usize, p: v128, q: v128, a: usize, b: usize, b1: usize, count: i32, accumulate: bool,
): void {
  put(c, finish(sumOf(p), a, b, count), accumulate);
  put(c + apart, finish(sumOf(q), a, b1, count), accumulate);
}

// Functions of their own, so that each has the registers for itself.
function dots2(pa: usize, b: usize, b1: usize, depth: i32, c: usize, apart: usize, ldc: usize, accumulate: bool): void {
  dots(2, pa, b, b1, depth, c, apart, ldc, accumulate);
}

function dots3(pa: usize, b: usize, b1: usize, depth: i32, c: usize, apart: usize, ldc: usize, accumulate: bool): void {
  dots(3, pa, b, b1, depth, c, apart, ldc, accumulate);
}

function dots4(pa: usize, b: usize, b1: usize, depth: i32, c: usize, apart: usize, ldc: usize, accumulate: bool): void {
  dots(4, pa, b, b1, depth, c, apart, ldc, accumulate);
}

/**
 * C (+)= A x B where the columns of B are contiguous: dot products. Strides in bytes. B is read from memory once: for
 * one row column after column, as one stream, and for more in pairs of columns.
 *
 * @param scratch room for A with its depth rounded up to a multiple of four
 */
export function multiplyByDots(
  a: usize, rowStride: usize, columnStride: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  rows: i32, columns: i32, depth: i32, accumulate: bool, scratch: usize,
): void {
  const step = <usize>((depth + 3) & ~3) << 2;
  for (let i = 0; i < rows;) {
    const size = groupSize(rows - i);
    packGroup(a + <usize>i * rowStride, rowStride, columnStride, size, depth, scratch + <usize>i * step);
    i += size;
  }
  const half = columns >> 1, apart = <usize>half << 2;
  let b1 = b + <usize>half * ldb;
  for (let j = 0; j < half; j++) {
    for (let i = 0; i < rows;) {
      const size = groupSize(rows - i), pa = scratch + <usize>i * step, to = c + <usize>i * ldc;
      if (size == 4) dots4(pa, b, b1, depth, to, apart, ldc, accumulate);
      else if (size == 3) dots3(pa, b, b1, depth, to, apart, ldc, accumulate);
      else if (size == 2) dots2(pa, b, b1, depth, to, apart, ldc, accumulate);
      else dots1(pa, b, b1, depth, to, apart, accumulate);
      i += size;
    }
    b += ldb;
    b1 += ldb;
    c += 4;
  }
  if ((columns & 1) == 0) return;
  for (let i = 0; i < rows; i++) {
    put(c + apart, dotStrided(a, columnStride, b1, depth), accumulate);
    a += rowStride;
    c += ldc;
  }
}

/** One row of A with one column of B, element by element. */
function dotStrided(a: usize, stride: usize, b: usize, depth: i32): f32 {
  let sum: f32 = 0;
  for (let k = 0; k < depth; k++) {
    sum += f32.load(a) * f32.load(b);
    a += stride;
    b += 4;
  }
  return sum;
}

/**
 * C (+)= A x B where the rows of B are contiguous: sums of scaled rows. Strides in bytes. B is read from memory once, in
 * four streams that are as far apart and as long as can be: what a processor fetches ahead of a short one is lost.
 */
export function multiplyByRows(
  a: usize, rowStride: usize, columnStride: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  rows: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  if (!accumulate) {
    for (let i = 0; i < rows; i++) memory.fill(c + <usize>i * ldc, 0, <usize>columns << 2);
  }
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

/** c += x0 * b0 + … + x3 * b3 over `width` floats; x and b advance by their strides. */
export function addRows(x: usize, xStep: usize, b0: usize, ldb: usize, c: usize, width: i32): void {
  const v0 = v128.load32_splat(x), v1 = v128.load32_splat(x + xStep);
  const v2 = v128.load32_splat(x + 2 * xStep), v3 = v128.load32_splat(x + 3 * xStep);
  let b1 = b0 + ldb, b2 = b1 + ldb, b3 = b2 + ldb;
  for (const end = c + (<usize>(width & ~3) << 2); c < end; c += 16) {
    const sum = f32x4.add(
      f32x4.add(f32x4.mul(v0, v128.load(b0)), f32x4.mul(v1, v128.load(b1))),
      f32x4.add(f32x4.mul(v2, v128.load(b2)), f32x4.mul(v3, v128.load(b3))),
    );
    v128.store(c, f32x4.add(v128.load(c), sum));
    b0 += 16; b1 += 16; b2 += 16; b3 += 16;
  }
  addRest(x, xStep, b0, ldb, c, width & 3);
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
  for (const end = c + (<usize>(width & ~3) << 2); c < end; c += 16) {
    let r = v128.load(b0), s = v128.load(b1);
    let p = f32x4.add(f32x4.mul(v0, r), f32x4.mul(v1, s)), q = f32x4.add(f32x4.mul(w0, r), f32x4.mul(w1, s));
    r = v128.load(b2);
    s = v128.load(b3);
    p = f32x4.add(p, f32x4.add(f32x4.mul(v2, r), f32x4.mul(v3, s)));
    q = f32x4.add(q, f32x4.add(f32x4.mul(w2, r), f32x4.mul(w3, s)));
    v128.store(c, f32x4.add(v128.load(c), p));
    v128.store(d, f32x4.add(v128.load(d), q));
    b0 += 16; b1 += 16; b2 += 16; b3 += 16;
    d += 16;
  }
  addRest(x, xStep, b0, ldb, c, width & 3);
  addRest(y, xStep, b0, ldb, d, width & 3);
}

/** The last up to three floats of {@link addRows}. */
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

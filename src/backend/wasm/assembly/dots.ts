// Products with few rows of A, where the columns of B are contiguous. Reading B takes the time, so that only
// A is packed.

import { sumOf } from './lanes';

/** Adds the products of the last few elements, at most three. */
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
function add(c: usize, value: f32): void {
  f32.store(c, f32.load(c) + value);
}

/** One packed row of A with two columns of B. */
function dots1(pa: usize, b: usize, b1: usize, depth: i32, c: usize, apart: usize): void {
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
  addPair(c, apart, f32x4.add(p0, p1), f32x4.add(q0, q1), pa, b, b1, k);
}

/**
 * How many of `left` rows the next group takes: up to four fill the registers. It never leaves one row alone.
 */
@inline
function groupSize(left: i32): i32 {
  return left <= 4 ? left : left <= 6 || left == 9 ? 3 : 4;
}

/**
 * Lays out a group of rows of A as {@link dots} reads them: four elements of each row, then the next four of
 * each.
 */
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

/** A packed group of rows of A with two columns of B. `rows` is a constant from 2 to 4. */
@inline
function dots(
  rows: i32, pa: usize, b: usize, b1: usize, depth: i32, c: usize, apart: usize, ldc: usize,
): void {
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
  addPair(c, apart, p0, q0, pa, b, b1, rest);
  addPair(c + ldc, apart, p1, q1, pa + 16, b, b1, rest);
  if (rows > 2) addPair(c + 2 * ldc, apart, p2, q2, pa + 32, b, b1, rest);
  if (rows > 3) addPair(c + 3 * ldc, apart, p3, q3, pa + 48, b, b1, rest);
}

/** Adds to two elements of C: the lanes of p or q, and the products of the last `count` elements. */
function addPair(
  c: usize, apart: usize, p: v128, q: v128, a: usize, b: usize, b1: usize, count: i32,
): void {
  add(c, finish(sumOf(p), a, b, count));
  add(c + apart, finish(sumOf(q), a, b1, count));
}

// These are functions of their own, so that each has the registers for itself.
function dots2(pa: usize, b: usize, b1: usize, depth: i32, c: usize, apart: usize, ldc: usize): void {
  dots(2, pa, b, b1, depth, c, apart, ldc);
}

function dots3(pa: usize, b: usize, b1: usize, depth: i32, c: usize, apart: usize, ldc: usize): void {
  dots(3, pa, b, b1, depth, c, apart, ldc);
}

function dots4(pa: usize, b: usize, b1: usize, depth: i32, c: usize, apart: usize, ldc: usize): void {
  dots(4, pa, b, b1, depth, c, apart, ldc);
}

/**
 * C += A x B by dot products, where the columns of B are contiguous. Strides are in bytes. B is read from
 * memory once, in two streams that are as long as can be: a column of its first half beside one of its
 * second.
 *
 * @param scratch room for A with its depth rounded up to a multiple of four
 */
export function multiplyByDots(
  a: usize, rowStride: usize, columnStride: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  rows: i32, columns: i32, depth: i32, scratch: usize,
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
      if (size == 4) dots4(pa, b, b1, depth, to, apart, ldc);
      else if (size == 3) dots3(pa, b, b1, depth, to, apart, ldc);
      else if (size == 2) dots2(pa, b, b1, depth, to, apart, ldc);
      else dots1(pa, b, b1, depth, to, apart);
      i += size;
    }
    b += ldb;
    b1 += ldb;
    c += 4;
  }
  if ((columns & 1) == 0) return;
  for (let i = 0; i < rows; i++) {
    add(c + apart, dotStrided(a, columnStride, b1, depth));
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

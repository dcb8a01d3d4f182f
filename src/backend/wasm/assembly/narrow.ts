// Products with few rows of A: bound by reading B, so B is read once, in order, and nothing is packed.

import { sumOf } from './lanes';


/** The sums over the four lanes of four vectors, as one vector. */
@inline
function sumLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

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

/** One row of A with one column of B. */
function dot1(a: usize, b: usize, depth: i32): f32 {
  let r0 = f32x4.splat(0), r1 = r0, r2 = r0, r3 = r0;
  let k = depth;
  for (; k >= 16; k -= 16) {
    r0 = f32x4.add(r0, f32x4.mul(v128.load(a), v128.load(b)));
    r1 = f32x4.add(r1, f32x4.mul(v128.load(a, 16), v128.load(b, 16)));
    r2 = f32x4.add(r2, f32x4.mul(v128.load(a, 32), v128.load(b, 32)));
    r3 = f32x4.add(r3, f32x4.mul(v128.load(a, 48), v128.load(b, 48)));
    a += 64;
    b += 64;
  }
  for (; k >= 4; k -= 4) {
    r0 = f32x4.add(r0, f32x4.mul(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
  }
  return finish(sumOf(f32x4.add(f32x4.add(r0, r1), f32x4.add(r2, r3))), a, b, k);
}

/** Four rows of A with one column of B. */
function dot4(a: usize, lda: usize, b: usize, depth: i32, c: usize, ldc: usize, accumulate: bool): void {
  let r0 = f32x4.splat(0), r1 = r0, r2 = r0, r3 = r0, q0 = r0, q1 = r0, q2 = r0, q3 = r0;
  const lda2 = lda + lda, lda3 = lda2 + lda;
  let k = depth;
  for (; k >= 8; k -= 8) {
    let w = v128.load(b);
    r0 = f32x4.add(r0, f32x4.mul(w, v128.load(a))); r1 = f32x4.add(r1, f32x4.mul(w, v128.load(a + lda)));
    r2 = f32x4.add(r2, f32x4.mul(w, v128.load(a + lda2))); r3 = f32x4.add(r3, f32x4.mul(w, v128.load(a + lda3)));
    w = v128.load(b, 16);
    q0 = f32x4.add(q0, f32x4.mul(w, v128.load(a, 16))); q1 = f32x4.add(q1, f32x4.mul(w, v128.load(a + lda, 16)));
    q2 = f32x4.add(q2, f32x4.mul(w, v128.load(a + lda2, 16))); q3 = f32x4.add(q3, f32x4.mul(w, v128.load(a + lda3, 16)));
    a += 32;
    b += 32;
  }
  const sums = sumLanes(f32x4.add(r0, q0), f32x4.add(r1, q1), f32x4.add(r2, q2), f32x4.add(r3, q3));
  put(c, finish(f32x4.extract_lane(sums, 0), a, b, k), accumulate);
  put(c + ldc, finish(f32x4.extract_lane(sums, 1), a + lda, b, k), accumulate);
  put(c + 2 * ldc, finish(f32x4.extract_lane(sums, 2), a + lda2, b, k), accumulate);
  put(c + 3 * ldc, finish(f32x4.extract_lane(sums, 3), a + lda3, b, k), accumulate);
}

/**
 * C (+)= A x B where the rows of A and the columns of B are contiguous: dot products. Strides in bytes. B is read
 * column after column, as one stream: several at once come from memory at half the speed.
 */
export function multiplyByDots(
  a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  rows: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  for (let j = 0; j < columns; j++) {
    let i = 0;
    for (; i + 4 <= rows; i += 4) dot4(a + <usize>i * lda, lda, b, depth, c + <usize>i * ldc, ldc, accumulate);
    for (; i < rows; i++) put(c + <usize>i * ldc, dot1(a + <usize>i * lda, b, depth), accumulate);
    b += ldb;
    c += 4;
  }
}

/** Columns of C that are worked on at a time: one row stays in the first cache, or eight rows of B do. */
const BLOCK_ONE: i32 = 16384;
const BLOCK: i32 = 1024;

/** C (+)= A x B where the rows of B are contiguous: sums of scaled rows. Strides in bytes. */
export function multiplyByRows(
  a: usize, rowStride: usize, columnStride: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  rows: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  const block = rows == 1 ? BLOCK_ONE : BLOCK;
  for (let j = 0; j < columns; j += block) {
    const width = min(block, columns - j), at = <usize>j << 2;
    if (!accumulate) {
      for (let i = 0; i < rows; i++) memory.fill(c + <usize>i * ldc + at, 0, <usize>width << 2);
    }
    let k = 0;
    for (; k + 8 <= depth; k += 8) {
      for (let i = 0; i < rows; i++) {
        const x = a + <usize>i * rowStride + <usize>k * columnStride;
        addRows8(x, columnStride, b + <usize>k * ldb + at, ldb, c + <usize>i * ldc + at, width);
      }
    }
    for (; k < depth; k++) {
      for (let i = 0; i < rows; i++) {
        const x = f32.load(a + <usize>i * rowStride + <usize>k * columnStride);
        addScaled(x, b + <usize>k * ldb + at, c + <usize>i * ldc + at, width);
      }
    }
  }
}

/** c += x0 * b0 + … + x7 * b7 over `width` floats; x and b advance by their strides. */
export function addRows8(x: usize, xStep: usize, b0: usize, ldb: usize, c: usize, width: i32): void {
  const v0 = v128.load32_splat(x), v1 = v128.load32_splat(x + xStep), v2 = v128.load32_splat(x + 2 * xStep);
  const v3 = v128.load32_splat(x + 3 * xStep), v4 = v128.load32_splat(x + 4 * xStep), v5 = v128.load32_splat(x + 5 * xStep);
  const v6 = v128.load32_splat(x + 6 * xStep), v7 = v128.load32_splat(x + 7 * xStep);
  let b1 = b0 + ldb, b2 = b1 + ldb, b3 = b2 + ldb, b4 = b3 + ldb, b5 = b4 + ldb, b6 = b5 + ldb, b7 = b6 + ldb;
  for (const end = c + (<usize>(width & ~3) << 2); c < end; c += 16) {
    const low = f32x4.add(
      f32x4.add(f32x4.mul(v0, v128.load(b0)), f32x4.mul(v1, v128.load(b1))),
      f32x4.add(f32x4.mul(v2, v128.load(b2)), f32x4.mul(v3, v128.load(b3))),
    );
    const high = f32x4.add(
      f32x4.add(f32x4.mul(v4, v128.load(b4)), f32x4.mul(v5, v128.load(b5))),
      f32x4.add(f32x4.mul(v6, v128.load(b6)), f32x4.mul(v7, v128.load(b7))),
    );
    v128.store(c, f32x4.add(v128.load(c), f32x4.add(low, high)));
    b0 += 16; b1 += 16; b2 += 16; b3 += 16; b4 += 16; b5 += 16; b6 += 16; b7 += 16;
  }
  const rest = width & 3;
  if (rest == 0) return;
  for (let k = 0; k < 8; k++) {
    addScaled(f32.load(x), b0, c, rest);
    x += xStep;
    b0 += ldb;
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

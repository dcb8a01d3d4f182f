// Products with few rows of A: bound by reading B, so B is read once, in order, and nothing is packed.

/** The sums over the four lanes of four vectors, as one vector. */
@inline
function sumLanes(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

@inline
function put(c: usize, value: v128, width: i32, accumulate: bool): void {
  if (width == 4) {
    v128.store(c, accumulate ? f32x4.add(v128.load(c), value) : value);
    return;
  }
  put1(c, f32x4.extract_lane(value, 0), accumulate);
  if (width > 1) put1(c + 4, f32x4.extract_lane(value, 1), accumulate);
  if (width > 2) put1(c + 8, f32x4.extract_lane(value, 2), accumulate);
}

@inline
function put1(c: usize, value: f32, accumulate: bool): void {
  f32.store(c, accumulate ? f32.load(c) + value : value);
}

/** One row of A against four rows of the transposed B. */
function dot1x4(a: usize, b: usize, s1: usize, s2: usize, s3: usize, depth: i32): v128 {
  let r0 = f32x4.splat(0), r1 = r0, r2 = r0, r3 = r0, q0 = r0, q1 = r0, q2 = r0, q3 = r0;
  const end8 = a + (<usize>(depth & ~7) << 2), end = a + (<usize>depth << 2);
  while (a < end8) {
    const x = v128.load(a), y = v128.load(a, 16);
    r0 = f32x4.add(r0, f32x4.mul(x, v128.load(b)));
    q0 = f32x4.add(q0, f32x4.mul(y, v128.load(b, 16)));
    r1 = f32x4.add(r1, f32x4.mul(x, v128.load(b + s1)));
    q1 = f32x4.add(q1, f32x4.mul(y, v128.load(b + s1, 16)));
    r2 = f32x4.add(r2, f32x4.mul(x, v128.load(b + s2)));
    q2 = f32x4.add(q2, f32x4.mul(y, v128.load(b + s2, 16)));
    r3 = f32x4.add(r3, f32x4.mul(x, v128.load(b + s3)));
    q3 = f32x4.add(q3, f32x4.mul(y, v128.load(b + s3, 16)));
    a += 32;
    b += 32;
  }
  r0 = f32x4.add(r0, q0); r1 = f32x4.add(r1, q1); r2 = f32x4.add(r2, q2); r3 = f32x4.add(r3, q3);
  let sum = sumLanes(r0, r1, r2, r3);
  while (a < end) {
    const column = f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(
      v128.load32_splat(b), 1, f32.load(b + s1)), 2, f32.load(b + s2)), 3, f32.load(b + s3));
    sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(a), column));
    a += 4;
    b += 4;
  }
  return sum;
}

/** Two rows of A against four rows of the transposed B, added or stored at once. */
function dot2x4(
  a: usize, lda: usize, b: usize, s1: usize, s2: usize, s3: usize, depth: i32,
  c: usize, ldc: usize, width: i32, accumulate: bool,
): void {
  let r0 = f32x4.splat(0), r1 = r0, r2 = r0, r3 = r0, q0 = r0, q1 = r0, q2 = r0, q3 = r0;
  const end4 = a + (<usize>(depth & ~3) << 2), end = a + (<usize>depth << 2);
  while (a < end4) {
    const x = v128.load(a), y = v128.load(a + lda);
    let w = v128.load(b);
    r0 = f32x4.add(r0, f32x4.mul(x, w)); q0 = f32x4.add(q0, f32x4.mul(y, w));
    w = v128.load(b + s1);
    r1 = f32x4.add(r1, f32x4.mul(x, w)); q1 = f32x4.add(q1, f32x4.mul(y, w));
    w = v128.load(b + s2);
    r2 = f32x4.add(r2, f32x4.mul(x, w)); q2 = f32x4.add(q2, f32x4.mul(y, w));
    w = v128.load(b + s3);
    r3 = f32x4.add(r3, f32x4.mul(x, w)); q3 = f32x4.add(q3, f32x4.mul(y, w));
    a += 16;
    b += 16;
  }
  let first = sumLanes(r0, r1, r2, r3), second = sumLanes(q0, q1, q2, q3);
  while (a < end) {
    const column = f32x4.replace_lane(f32x4.replace_lane(f32x4.replace_lane(
      v128.load32_splat(b), 1, f32.load(b + s1)), 2, f32.load(b + s2)), 3, f32.load(b + s3));
    first = f32x4.add(first, f32x4.mul(v128.load32_splat(a), column));
    second = f32x4.add(second, f32x4.mul(v128.load32_splat(a + lda), column));
    a += 4;
    b += 4;
  }
  put(c, first, width, accumulate);
  put(c + ldc, second, width, accumulate);
}

/** C (+)= A x B where the rows of A and the columns of B are contiguous: dot products. Strides in bytes. */
export function multiplyByDots(
  a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  rows: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  for (let j = 0; j < columns; j += 4) {
    const width = min(4, columns - j), last = <usize>(width - 1);
    const s1 = min<usize>(1, last) * ldb, s2 = min<usize>(2, last) * ldb, s3 = last * ldb;
    let i = 0;
    for (; i + 2 <= rows; i += 2) {
      dot2x4(a + <usize>i * lda, lda, b, s1, s2, s3, depth, c + <usize>i * ldc, ldc, width, accumulate);
    }
    if (i < rows) put(c + <usize>i * ldc, dot1x4(a + <usize>i * lda, b, s1, s2, s3, depth), width, accumulate);
    b += 4 * ldb;
    c += 16;
  }
}

/** Columns of C that are worked on at a time, so that they stay in the first cache. */
const BLOCK: i32 = 1024;

/** C (+)= A x B where the rows of B are contiguous: sums of scaled rows. Strides in bytes. */
export function multiplyByRows(
  a: usize, rowStride: usize, columnStride: usize, b: usize, ldb: usize, c: usize, ldc: usize,
  rows: i32, columns: i32, depth: i32, accumulate: bool,
): void {
  for (let j = 0; j < columns; j += BLOCK) {
    const width = min(BLOCK, columns - j), at = <usize>j << 2;
    if (!accumulate) {
      for (let i = 0; i < rows; i++) memory.fill(c + <usize>i * ldc + at, 0, <usize>width << 2);
    }
    let k = 0;
    for (; k + 4 <= depth; k += 4) {
      for (let i = 0; i < rows; i++) {
        const x = a + <usize>i * rowStride + <usize>k * columnStride;
        addRows4(x, columnStride, b + <usize>k * ldb + at, ldb, c + <usize>i * ldc + at, width);
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

function addRows4(x: usize, xStep: usize, b: usize, ldb: usize, c: usize, width: i32): void {
  const x0 = f32.load(x), x1 = f32.load(x + xStep), x2 = f32.load(x + 2 * xStep), x3 = f32.load(x + 3 * xStep);
  const v0 = f32x4.splat(x0), v1 = f32x4.splat(x1), v2 = f32x4.splat(x2), v3 = f32x4.splat(x3);
  const ldb2 = ldb + ldb, ldb3 = ldb2 + ldb;
  const end4 = c + (<usize>(width & ~3) << 2), end = c + (<usize>width << 2);
  while (c < end4) {
    const low = f32x4.add(f32x4.mul(v0, v128.load(b)), f32x4.mul(v1, v128.load(b + ldb)));
    const high = f32x4.add(f32x4.mul(v2, v128.load(b + ldb2)), f32x4.mul(v3, v128.load(b + ldb3)));
    v128.store(c, f32x4.add(v128.load(c), f32x4.add(low, high)));
    b += 16;
    c += 16;
  }
  while (c < end) {
    const low = x0 * f32.load(b) + x1 * f32.load(b + ldb), high = x2 * f32.load(b + ldb2) + x3 * f32.load(b + ldb3);
    f32.store(c, f32.load(c) + (low + high));
    b += 4;
    c += 4;
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

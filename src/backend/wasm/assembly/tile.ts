// The inner loop of every large product: 4 rows x 8 columns of C in eight registers.

/**
 * C = start + a panel of A x a panel of B.
 *
 * @param ldc bytes from row to row of C
 * @param start 0 for nothing, or the first of four rows, `step` bytes apart
 */
@inline
function tile(pa: usize, pb: usize, depth: i32, c: usize, ldc: usize, start: usize, step: usize): void {
  let c00 = f32x4.splat(0), c01 = c00, c10 = c00, c11 = c00, c20 = c00, c21 = c00, c30 = c00, c31 = c00;
  if (start != 0) {
    c00 = v128.load(start); c01 = v128.load(start, 16);
    c10 = v128.load(start + step); c11 = v128.load(start + step, 16);
    c20 = v128.load(start + 2 * step); c21 = v128.load(start + 2 * step, 16);
    c30 = v128.load(start + 3 * step); c31 = v128.load(start + 3 * step, 16);
  }
  for (let k = depth; k > 0; k--) {
    const b0 = v128.load(pb), b1 = v128.load(pb, 16);
    let x = v128.load32_splat(pa);
    c00 = f32x4.add(c00, f32x4.mul(x, b0)); c01 = f32x4.add(c01, f32x4.mul(x, b1));
    x = v128.load32_splat(pa, 4);
    c10 = f32x4.add(c10, f32x4.mul(x, b0)); c11 = f32x4.add(c11, f32x4.mul(x, b1));
    x = v128.load32_splat(pa, 8);
    c20 = f32x4.add(c20, f32x4.mul(x, b0)); c21 = f32x4.add(c21, f32x4.mul(x, b1));
    x = v128.load32_splat(pa, 12);
    c30 = f32x4.add(c30, f32x4.mul(x, b0)); c31 = f32x4.add(c31, f32x4.mul(x, b1));
    pa += 16;
    pb += 32;
  }
  v128.store(c, c00); v128.store(c, c01, 16);
  v128.store(c + ldc, c10); v128.store(c + ldc, c11, 16);
  v128.store(c + 2 * ldc, c20); v128.store(c + 2 * ldc, c21, 16);
  v128.store(c + 3 * ldc, c30); v128.store(c + 3 * ldc, c31, 16);
}

/**
 * C = start + A x B for packed A (`rows` x `depth`) and packed B (`depth` x `columns`).
 *
 * @param start 0 for nothing, C itself, or a row for every row of C
 * @param edge room for one tile, 128 bytes, for tiles that stand out over C
 */
export function multiplyPacked(
  pa: usize, pb: usize, rows: i32, columns: i32, depth: i32,
  c: usize, ldc: usize, start: usize, edge: usize,
): void {
  const aStep = <usize>depth << 4, bStep = <usize>depth << 5, step: usize = start == c ? ldc : 0;
  for (let j = 0; j < columns; j += 8) {
    let a = pa;
    const width = min(8, columns - j);
    for (let i = 0; i < rows; i += 4) {
      const target = c + <usize>i * ldc + (<usize>j << 2);
      const from: usize = start == 0 ? 0 : start + <usize>i * step + (<usize>j << 2);
      const height = min(4, rows - i);
      const whole = width == 8 && height == 4;
      tile(a, pb, depth, whole ? target : edge, whole ? ldc : 32, whole ? from : 0, step);
      if (!whole) copyEdge(edge, target, ldc, height, width, from, step);
      a += aStep;
    }
    pb += bStep;
  }
}

/** Copies the part of a tile that belongs to C, and adds the start. */
function copyEdge(
  edge: usize, c: usize, ldc: usize, height: i32, width: i32, start: usize, step: usize,
): void {
  for (let i = 0; i < height; i++) {
    for (let j = 0; j < width; j++) {
      const value = f32.load(edge + (<usize>j << 2));
      f32.store(c + (<usize>j << 2), start == 0 ? value : f32.load(start + (<usize>j << 2)) + value);
    }
    edge += 32;
    c += ldc;
    start += step;
  }
}

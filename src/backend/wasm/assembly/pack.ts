// Packing copies blocks of a matrix into panels, which the tile of 4 x 8 reads from front to back. Strides
// are in bytes; one of the two of a matrix is always 4.

/** Writes the elements k of four rows beside each other: dst[k] = (p0[k], p1[k], p2[k], p3[k]). */
function interleave(p0: usize, p1: usize, p2: usize, p3: usize, count: i32, dst: usize, step: usize): void {
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    const a = v128.load(p0), b = v128.load(p1), c = v128.load(p2), d = v128.load(p3);
    const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5), ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5), cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(dst, v128.shuffle<f32>(ab0, cd0, 0, 1, 4, 5));
    v128.store(dst + step, v128.shuffle<f32>(ab0, cd0, 2, 3, 6, 7));
    v128.store(dst + 2 * step, v128.shuffle<f32>(ab1, cd1, 0, 1, 4, 5));
    v128.store(dst + 3 * step, v128.shuffle<f32>(ab1, cd1, 2, 3, 6, 7));
    p0 += 16; p1 += 16; p2 += 16; p3 += 16;
    dst += 4 * step;
  }
  for (; k < count; k++) {
    f32.store(dst, f32.load(p0));
    f32.store(dst, f32.load(p1), 4);
    f32.store(dst, f32.load(p2), 8);
    f32.store(dst, f32.load(p3), 12);
    p0 += 4; p1 += 4; p2 += 4; p3 += 4;
    dst += step;
  }
}

/** Copies the first `width` floats of each of `count` rows, and fills up with zeros to `full` floats. */
function copyNarrow(src: usize, stride: usize, count: i32, width: i32, full: i32, dst: usize): void {
  for (let k = 0; k < count; k++) {
    for (let j = 0; j < full; j++) {
      f32.store(dst + (<usize>j << 2), j < width ? f32.load(src + (<usize>j << 2)) : 0);
    }
    src += stride;
    dst += <usize>full << 2;
  }
}

/**
 * Packs `rows` x `depth` of A into panels of 4 rows: panel[k * 4 + row]. Where the last panel has fewer rows,
 * it is filled up with the last row once more, or with 0.
 */
export function packRows(
  a: usize, rowStride: usize, columnStride: usize, rows: i32, depth: i32, dst: usize,
): void {
  for (let i = 0; i < rows; i += 4) {
    const source = a + <usize>i * rowStride;
    if (columnStride == 4) {
      const last = rows - 1 - i;
      interleave(
        source,
        source + <usize>min(1, last) * rowStride,
        source + <usize>min(2, last) * rowStride,
        source + <usize>min(3, last) * rowStride,
        depth, dst, 16,
      );
    } else if (i + 4 <= rows) {
      let from = source, to = dst;
      for (let k = 0; k < depth; k++) {
        v128.store(to, v128.load(from));
        from += columnStride;
        to += 16;
      }
    } else {
      copyNarrow(source, columnStride, depth, rows - i, 4, dst);
    }
    dst += <usize>depth << 4;
  }
}

/** Packs `depth` x `columns` of B into panels of 8 columns: panel[k * 8 + column]. */
export function packColumns(
  b: usize, rowStride: usize, columnStride: usize, depth: i32, columns: i32, dst: usize,
): void {
  const panel = <usize>depth << 5;
  let j = 0;
  // Four panels at a time, so that whole cache lines of each row of B are read.
  if (rowStride != 4) {
    for (; j + 32 <= columns; j += 32) {
      copyWide(b + (<usize>j << 2), rowStride, depth, dst, panel);
      dst += 4 * panel;
    }
  }
  for (; j < columns; j += 8) {
    const source = b + <usize>j * columnStride;
    const last = columns - 1 - j;
    if (rowStride == 4) {
      for (let half = 0; half < 8; half += 4) {
        interleave(
          source + <usize>min(half, last) * columnStride,
          source + <usize>min(half + 1, last) * columnStride,
          source + <usize>min(half + 2, last) * columnStride,
          source + <usize>min(half + 3, last) * columnStride,
          depth, dst + (<usize>half << 2), 32,
        );
      }
    } else if (last >= 7) {
      let from = source, to = dst;
      for (let k = 0; k < depth; k++) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
        from += rowStride;
        to += 32;
      }
    } else {
      copyNarrow(source, rowStride, depth, columns - j, 8, dst);
    }
    dst += panel;
  }
}

/** Copies 32 columns of each of `count` rows into four panels. */
function copyWide(src: usize, stride: usize, count: i32, dst: usize, panel: usize): void {
  const panel2 = panel + panel, panel3 = panel2 + panel;
  for (let k = 0; k < count; k++) {
    const a = v128.load(src), b = v128.load(src, 16), c = v128.load(src, 32), d = v128.load(src, 48);
    const e = v128.load(src, 64), f = v128.load(src, 80), g = v128.load(src, 96), h = v128.load(src, 112);
    v128.store(dst, a); v128.store(dst, b, 16);
    v128.store(dst + panel, c); v128.store(dst + panel, d, 16);
    v128.store(dst + panel2, e); v128.store(dst + panel2, f, 16);
    v128.store(dst + panel3, g); v128.store(dst + panel3, h, 16);
    src += stride;
    dst += 32;
  }
}

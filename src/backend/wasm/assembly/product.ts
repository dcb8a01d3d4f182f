import { multiplyByDots } from './dots';
import { multiplyByRows } from './narrow';
import { packColumns, packRows } from './pack';
import { multiplyPacked } from './tile';

/** The sizes of blocks: 8 x DEPTH of B stay in the first cache, a block of A and one of B in the second. */
export const DEPTH: i32 = 256;
export const ROWS: i32 = 128;
const COLUMNS: i32 = 512;

/** With so many rows or fewer, packing B costs more than it saves. */
const NARROW_DOTS: i32 = 24; // multiplyByDots
const NARROW_ROWS: i32 = 8; // multiplyByRows

export const A_BYTES: usize = <usize>ROWS * <usize>DEPTH * 4;
const B_BYTES: usize = <usize>COLUMNS * <usize>DEPTH * 4;
export const EDGE_BYTES: usize = 128;

/**
 * Whether a product of so many rows may read B as it is. `bRow` is 4 where the columns of B are contiguous.
 */
export function isNarrow(rows: i32, bRow: usize): bool {
  return rows <= (bRow == 4 ? NARROW_DOTS : NARROW_ROWS);
}

/** Whether the product of so many rows packs nothing of B. */
function readsInPlace(rows: i32, depth: i32, bRow: usize, bColumn: usize): bool {
  if (bColumn == 4 && rows <= NARROW_ROWS) return true;
  return bRow == 4 && rows <= NARROW_DOTS && <usize>rows * <usize>(depth + 3) * 4 <= A_BYTES + B_BYTES;
}

/**
 * How many rows at the end are better multiplied without packing. One or two rows in a tile of four take as
 * long as four.
 */
export function lastRows(rows: i32, depth: i32, bRow: usize, bColumn: usize): i32 {
  const last = rows & 3;
  return last < 3 && readsInPlace(last, depth, bRow, bColumn) ? last : 0;
}

/** How many blocks of at most DEPTH the depth is cut into. */
export function blocksOf(depth: i32): i32 {
  return (depth + DEPTH - 1) / DEPTH;
}

/** Where a block starts. All blocks are about as long. */
export function startOf(block: i32, depth: i32): i32 {
  return <i32>(<i64>depth * block / blocksOf(depth));
}

/** Bytes of the memory that every `scratch` stands for. */
export function scratchBytes(): usize {
  return A_BYTES + B_BYTES + EDGE_BYTES;
}

/**
 * C = start + A x B. Strides are in bytes; of each operand one stride is 4.
 *
 * @param start 0 for nothing, C itself, or a row for every row of C
 * @param scratch `scratchBytes()` of memory
 */
export function product(
  a: usize, aRow: usize, aColumn: usize, b: usize, bRow: usize, bColumn: usize, c: usize, ldc: usize,
  rows: i32, columns: i32, depth: i32, start: usize, scratch: usize,
): void {
  if (depth == 0 || readsInPlace(rows, depth, bRow, bColumn)) {
    for (let i = 0; start != c && i < rows; i++) fillRow(c + <usize>i * ldc, start, <usize>columns << 2);
    if (depth == 0) return;
    if (bColumn == 4 && rows <= NARROW_ROWS) {
      multiplyByRows(a, aRow, aColumn, b, bRow, c, ldc, rows, columns, depth);
    } else {
      multiplyByDots(a, aRow, aColumn, b, bColumn, c, ldc, rows, columns, depth, scratch);
    }
    return;
  }
  const last = lastRows(rows, depth, bRow, bColumn);
  if (last > 0) {
    rows -= last;
    const end = <usize>rows * ldc;
    product(
      a + <usize>rows * aRow, aRow, aColumn, b, bRow, bColumn, c + end, ldc,
      last, columns, depth, start == c ? c + end : start, scratch,
    );
  }
  const pa = scratch, pb = scratch + A_BYTES, edge = pb + B_BYTES;
  const blocks = blocksOf(depth);
  for (let j = 0; j < columns; j += COLUMNS) {
    const width = min(COLUMNS, columns - j);
    for (let block = 0; block < blocks; block++) {
      const k = startOf(block, depth), size = startOf(block + 1, depth) - k;
      packColumns(b + <usize>k * bRow + <usize>j * bColumn, bRow, bColumn, size, width, pb);
      for (let i = 0; i < rows; i += ROWS) {
        const height = min(ROWS, rows - i);
        packRows(a + <usize>i * aRow + <usize>k * aColumn, aRow, aColumn, height, size, pa);
        const target = c + <usize>i * ldc + (<usize>j << 2);
        const from = block > 0 || start == c ? target : start == 0 ? 0 : start + (<usize>j << 2);
        multiplyPacked(pa, pb, height, width, size, target, ldc, from, edge);
      }
    }
  }
}

@inline
function fillRow(c: usize, from: usize, bytes: usize): void {
  if (from == 0) memory.fill(c, 0, bytes);
  else memory.copy(c, from, bytes);
}

/**
 * C = start + A x B for dense matrices. A transposed operand is stored as [depth, rows] or [columns, depth].
 *
 * @param start 0 for nothing, C itself, or a row for every row of C
 */
export function matMul(
  a: usize, transposeA: bool, b: usize, transposeB: bool, c: usize,
  rows: i32, columns: i32, depth: i32, start: usize, scratch: usize,
): void {
  const aRow: usize = transposeA ? 4 : <usize>depth << 2;
  const aColumn: usize = transposeA ? <usize>rows << 2 : 4;
  const bRow: usize = transposeB ? 4 : <usize>columns << 2;
  const bColumn: usize = transposeB ? <usize>depth << 2 : 4;
  if (columns == 1) {
    // For a matrix times a vector the sides change places: Cᵀ = Bᵀ Aᵀ. C is contiguous either way.
    if (start != 0 && start != c) {
      for (let i = 0; i < rows; i++) f32.store(c + (<usize>i << 2), f32.load(start));
      start = c;
    }
    product(b, bColumn, bRow, a, aColumn, aRow, c, <usize>rows << 2, 1, rows, depth, start, scratch);
    return;
  }
  product(a, aRow, aColumn, b, bRow, bColumn, c, <usize>columns << 2, rows, columns, depth, start, scratch);
}

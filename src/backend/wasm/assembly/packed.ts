import { packColumns, packRows } from './pack';
import { A_BYTES, blocksOf, isNarrow, lastRows, product, ROWS, startOf } from './product';
import { multiplyPacked } from './tile';

// A matrix B that many products share. It is packed once, in the order in which they read it. Sums are made
// in the same order as in a product that packs for itself, and so they are the same to the bit.

/** Bytes of the packed form of a `depth` x `columns` matrix. */
export function packedBytes(columns: i32, depth: i32): usize {
  return (<usize>((columns + 7) & ~7) * <usize>depth) << 2;
}

/** Packs all of B. Strides are in bytes; one of them is 4. */
export function packMatrix(
  b: usize, bRow: usize, bColumn: usize, columns: i32, depth: i32, packed: usize,
): void {
  for (let block = 0; block < blocksOf(depth); block++) {
    const k = startOf(block, depth), size = startOf(block + 1, depth) - k;
    packColumns(b + <usize>k * bRow, bRow, bColumn, size, columns, packed);
    packed += packedBytes(columns, size);
  }
}

/** Packs all of a dense matrix B, which is stored as [columns, depth] if `transposed`. */
export function packRight(b: usize, transposed: bool, columns: i32, depth: i32, packed: usize): void {
  const bRow: usize = transposed ? 4 : <usize>columns << 2;
  const bColumn: usize = transposed ? <usize>depth << 2 : 4;
  packMatrix(b, bRow, bColumn, columns, depth, packed);
}

/**
 * C = A x B, where the rows of A and of C are dense. With few rows B is read as it is, from `b`, and else
 * from `packed`, where {@link packMatrix} wrote it. Nothing need be packed where {@link isNarrow} is always
 * true.
 */
export function multiplyShared(
  a: usize, b: usize, bRow: usize, bColumn: usize, packed: usize, c: usize,
  rows: i32, columns: i32, depth: i32, scratch: usize,
): void {
  if (isNarrow(rows, bRow)) {
    const aRow = <usize>depth << 2, ldc = <usize>columns << 2;
    product(a, aRow, 4, b, bRow, bColumn, c, ldc, rows, columns, depth, 0, scratch);
  } else {
    multiplyWithCopy(a, b, bRow, bColumn, packed, c, rows, columns, depth, 0, scratch);
  }
}

/**
 * C = bias + A x B for dense matrices. B is stored as [columns, depth] if `transposed`.
 *
 * @param packed the same B, as {@link packRight} packs it
 * @param bias a row, or 0 for none
 */
export function matMulPacked(
  a: usize, b: usize, transposed: bool, packed: usize, c: usize,
  rows: i32, columns: i32, depth: i32, bias: usize, scratch: usize,
): void {
  const bRow: usize = transposed ? 4 : <usize>columns << 2;
  const bColumn: usize = transposed ? <usize>depth << 2 : 4;
  multiplyWithCopy(a, b, bRow, bColumn, packed, c, rows, columns, depth, bias, scratch);
}

function multiplyWithCopy(
  a: usize, b: usize, bRow: usize, bColumn: usize, packed: usize, c: usize,
  rows: i32, columns: i32, depth: i32, bias: usize, scratch: usize,
): void {
  const aRow = <usize>depth << 2, ldc = <usize>columns << 2;
  const last = lastRows(rows, depth, bRow, bColumn);
  if (last > 0) {
    rows -= last;
    const from = a + <usize>rows * aRow, to = c + <usize>rows * ldc;
    product(from, aRow, 4, b, bRow, bColumn, to, ldc, last, columns, depth, bias, scratch);
  }
  const pa = scratch, edge = scratch + A_BYTES;
  for (let block = 0; block < blocksOf(depth); block++) {
    const k = startOf(block, depth), size = startOf(block + 1, depth) - k;
    for (let i = 0; i < rows; i += ROWS) {
      const height = min(ROWS, rows - i);
      packRows(a + <usize>i * aRow + (<usize>k << 2), aRow, 4, height, size, pa);
      const target = c + <usize>i * ldc;
      multiplyPacked(pa, packed, height, columns, size, target, ldc, block > 0 ? target : bias, edge);
    }
    packed += packedBytes(columns, size);
  }
}

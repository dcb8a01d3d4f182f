import { packColumns, packRows } from './pack';
import { A_BYTES, DEPTH, isNarrow, product, ROWS } from './product';
import { multiplyPacked } from './tile';

// A matrix B that many products share: packed once, in the order in which they read it.

/** Bytes of the packed form of a `depth` x `columns` matrix. */
export function packedBytes(columns: i32, depth: i32): usize {
  return (<usize>((columns + 7) & ~7) * <usize>depth) << 2;
}

/** Packs all of B. Strides are in bytes; one of them is 4. */
export function packMatrix(b: usize, bRow: usize, bColumn: usize, columns: i32, depth: i32, packed: usize): void {
  for (let k = 0; k < depth; k += DEPTH) {
    const size = min(DEPTH, depth - k);
    packColumns(b + <usize>k * bRow, bRow, bColumn, size, columns, packed);
    packed += packedBytes(columns, size);
  }
}

/**
 * C = A x B, where the rows of A and of C are dense. With few rows B is read as it is (`b`), else as packed by
 * {@link packMatrix}, which is needed only if more rows than {@link isNarrow} allows can come.
 */
export function multiplyShared(
  a: usize, b: usize, bRow: usize, bColumn: usize, packed: usize, c: usize,
  rows: i32, columns: i32, depth: i32, scratch: usize,
): void {
  const aRow = <usize>depth << 2, ldc = <usize>columns << 2;
  if (isNarrow(rows, bRow)) {
    product(a, aRow, 4, b, bRow, bColumn, c, ldc, rows, columns, depth, false, scratch);
    return;
  }
  const pa = scratch, edge = scratch + A_BYTES;
  for (let k = 0; k < depth; k += DEPTH) {
    const size = min(DEPTH, depth - k);
    for (let i = 0; i < rows; i += ROWS) {
      const height = min(ROWS, rows - i);
      packRows(a + <usize>i * aRow + (<usize>k << 2), aRow, 4, height, size, pa);
      multiplyPacked(pa, packed, height, columns, size, c + <usize>i * ldc, ldc, k > 0, edge);
    }
    packed += packedBytes(columns, size);
  }
}

import type { Kernels } from './generated/kernels.js';

/** Copies take at most so many bytes together. */
const MOST_BYTES = 64 * 1024 * 1024;

/** With more rows than this, packing takes hardly any of the time. A copy would only take memory. */
const MOST_ROWS = 128;

/**
 * From so many rows on a product packs its right operand, or would be faster if that were packed: an operand
 * that is stored as [columns, depth], and one that is stored as [depth, columns].
 */
const LEAST_ROWS = { transposed: 25, straight: 3 };

/** Smaller operands are packed faster than they are looked up. */
const LEAST_SIZE = 4096;

/** The right operand of a product: one matrix, the whole of a tensor. */
export interface RightOperand {
  /** The number by which tfjs knows the data. New data has a new number. */
  readonly id: number;
  readonly address: number;
  readonly columns: number;
  readonly depth: number;
  /** Whether it is stored as [columns, depth]. */
  readonly transposed: boolean;
}

/** The right operands that come again unchanged, as weights do, and their packed copies. */
export interface PackedCopies {
  /** Adds `rows` to the rows that an operand has met since it last changed, and returns the sum. */
  meet(operand: RightOperand, rows: number): number;
  /**
   * The address of the packed copy that a product with so many rows should read, or 0 for none. An operand
   * that comes for the first time has none, because most never come again. Allocates no more than the copy.
   */
  find(operand: RightOperand, rows: number): number;
  /** To be called before the data of this number changes or goes. */
  forget(id: number): void;
  /** Gives all memory back. */
  clear(): void;
}

interface Copy {
  readonly address: number;
  readonly bytes: number;
  /** The same data as another tensor may have other sides. */
  readonly columns: number;
}

/** @param allocate returns 0 where there is no room */
export function packedCopies(
  kernels: Pick<Kernels, 'packedBytes' | 'packRight'>,
  allocate: (bytes: number) => number,
  free: (address: number) => void,
): PackedCopies {
  const met = new Map<number, number>();
  /** The one that was used last comes last. */
  const copies = new Map<number, Copy>();
  let total = 0;

  const keyOf = (id: number, transposed: boolean): number => 2 * id + +transposed;
  const drop = (key: number): void => {
    const copy = copies.get(key);
    if (copy === undefined) return;
    copies.delete(key);
    total -= copy.bytes;
    free(copy.address);
  };
  const meet = ({ id, transposed }: RightOperand, rows: number): number => {
    const key = keyOf(id, transposed);
    const sum = (met.get(key) ?? 0) + rows;
    met.set(key, sum);
    return sum;
  };
  const pack = ({ address, columns, depth, transposed }: RightOperand): Copy | undefined => {
    // A copy has its columns rounded up to whole panels of eight. The kernel would count its bytes in 32
    // bits.
    if (4 * (columns + 7) * depth > MOST_BYTES) return undefined;
    const bytes = kernels.packedBytes({ columns, depth });
    for (const key of copies.keys()) {
      if (total + bytes <= MOST_BYTES) break;
      drop(key);
    }
    const copy = { address: allocate(bytes) >>> 0, bytes, columns };
    if (copy.address === 0) return undefined;
    total += bytes;
    kernels.packRight({ b: address, transposed, columns, depth, packed: copy.address });
    return copy;
  };
  return {
    meet,
    find(operand, rows) {
      const { id, columns, depth, transposed } = operand;
      const least = transposed ? LEAST_ROWS.transposed : LEAST_ROWS.straight;
      if (rows < least || rows > MOST_ROWS || columns * depth < LEAST_SIZE) return 0;
      if (meet(operand, rows) === rows) return 0;
      const key = keyOf(id, transposed);
      let copy = copies.get(key);
      if (copy?.columns === columns) {
        copies.delete(key);
      } else {
        drop(key);
        copy = pack(operand);
        if (copy === undefined) return 0;
      }
      copies.set(key, copy);
      return copy.address;
    },
    forget(id) {
      for (const key of [keyOf(id, false), keyOf(id, true)]) {
        met.delete(key);
        drop(key);
      }
    },
    clear() {
      for (const key of copies.keys()) drop(key);
      met.clear();
    },
  };
}

import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';

/** From so many multiplications on two threads are worth waking. */
const LEAST_SIZE = 3 * 2 ** 16;

/**
 * After so many rows threads have gained what packing the right operand cost them. tfjs packs it at its first
 * product, five times slower than this library, and keeps the copy until the data changes.
 */
const LEAST_ROWS = 256;

/**
 * Whether tfjs's own product is faster. It uses threads in a cross-origin isolated page. There it is faster
 * for two matrices that are not transposed, if the right one has met enough rows since it last changed. With
 * a transposed operand, and with batches, it computes element by element. Call this once a product, because
 * it counts the rows.
 */
export function prefersThreads(
  heap: Heap,
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
): boolean {
  if (heap.threads < 2 || transposeA || transposeB) return false;
  const [rows, depth] = a.shape.slice(-2) as [number, number];
  const columns = b.shape.at(-1) as number;
  const single =
    util.sizeFromShape(a.shape) === rows * depth && util.sizeFromShape(b.shape) === depth * columns;
  if (!single || rows * depth * columns < LEAST_SIZE) return false;
  return heap.copies.meet(heap.operand(b, depth, columns, false), rows) >= LEAST_ROWS;
}

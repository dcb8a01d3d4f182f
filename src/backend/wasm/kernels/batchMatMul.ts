import { BatchMatMul, broadcast_util, util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from '../heap.js';
import { attribute, input, type NativeKernel } from '../nativeKernel.js';
import { prefersThreads } from './prefersThreads.js';

/** `tf.matMul`: every transpose, with broadcasting over the batch dimensions. */
export const batchMatMul: NativeKernel = {
  name: BatchMatMul,
  run(heap, call) {
    const a = input(call, 'a');
    const b = input(call, 'b');
    if (a.dtype !== 'float32' || b.dtype !== 'float32') return call.original();
    const transposeA = attribute<boolean>(call, 'transposeA');
    const transposeB = attribute<boolean>(call, 'transposeB');
    if (prefersThreads(heap, a, b, transposeA, transposeB)) return call.original();
    return multiply(heap, a, b, transposeA, transposeB);
  },
};

/** The product of two float32 tensors of rank 2 or more. `bias` `[columns]` is added to each of its rows. */
export function multiply(
  heap: Heap,
  a: TensorInfo,
  b: TensorInfo,
  transposeA: boolean,
  transposeB: boolean,
  bias?: TensorInfo,
): TensorInfo {
  const [outerA, rows, depth] = splitShape(a.shape, transposeA);
  const [outerB, columns, depthB] = splitShape(b.shape, !transposeB);
  util.assert(
    depth === depthB,
    () =>
      `Error in matMul: inner shapes (${depth}) and (${depthB}) of Tensors with shapes ` +
      `${String(a.shape)} and ${String(b.shape)} and ` +
      `transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  const outer = broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
  const out = heap.output([...outer, rows, columns]);
  const batch = util.sizeFromShape(outer);
  const [addressA, addressB, addressOut] = [heap.address(a), heap.address(b), heap.address(out)];
  const start = bias === undefined ? 0 : heap.address(bias);
  const { kernels, scratch } = heap;
  // Where all rows of A meet one B, there is one large product instead of many small ones.
  const shared = util.sizeFromShape(outerB) === 1 && !transposeA;
  const [items, height] = shared ? [1, batch * rows] : [batch, rows];
  // Where tfjs has threads, it keeps copies itself of operands that are not transposed (`prefersThreads`).
  const mayCopy = shared && (transposeB || heap.threads < 2);
  const packed = mayCopy ? heap.copies.find(heap.operand(b, depth, columns, transposeB), height) : 0;
  if (packed !== 0) {
    kernels.matMulPacked({
      a: addressA,
      b: addressB,
      transposed: transposeB,
      packed,
      c: addressOut,
      rows: height,
      columns,
      depth,
      bias: start,
      scratch,
    });
    return out;
  }
  const itemsA = shared ? [0] : broadcastItems(outerA, outer);
  const itemsB = shared ? [0] : broadcastItems(outerB, outer);
  for (let item = 0; item < items; item++) {
    kernels.matMul({
      a: addressA + 4 * rows * depth * (itemsA[item] as number),
      transposeA,
      b: addressB + 4 * columns * depth * (itemsB[item] as number),
      transposeB,
      c: addressOut + 4 * rows * columns * item,
      rows: height,
      columns,
      depth,
      start,
      scratch,
    });
  }
  return out;
}

/** Batch dimensions, and the two sizes of the matrix, which are swapped if `transposed`. */
function splitShape(shape: readonly number[], transposed: boolean): [number[], number, number] {
  const [first, second] = shape.slice(-2) as [number, number];
  return [shape.slice(0, -2), transposed ? second : first, transposed ? first : second];
}

/** Which matrix of an operand belongs to each matrix of the result. */
function broadcastItems(outer: readonly number[], result: readonly number[]): number[] {
  let items = [0];
  for (let axis = 0; axis < result.length; axis++) {
    const size = result[axis] as number;
    const own = outer[axis - (result.length - outer.length)] ?? 1;
    const next: number[] = [];
    for (const item of items) {
      for (let i = 0; i < size; i++) next.push(own === 1 ? item : item * own + i);
    }
    items = next;
  }
  return items;
}

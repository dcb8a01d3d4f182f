import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { memory, setBackend, tensor, type Tensor } from '@tensorflow/tfjs-core';
import { createRandom, type Random } from '../../../src/core/random.js';
import { installWasmKernels } from '../../../src/backend/wasm/index.js';

/** Starts the wasm backend with the kernels installed. */
export async function useWasmKernels(): Promise<void> {
  await installWasmKernels();
  await setBackend('wasm');
}

/** Normally distributed float32 numbers. */
export function floats(random: Random, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

/** A tensor of normally distributed numbers. */
export function randomTensor(random: Random, shape: readonly number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return tensor(floats(random, size), [...shape], 'float32');
}

/** The matrix product in float64; a transposed operand is stored as [depth, rows] or [columns, depth]. */
export function multiply64(
  a: ArrayLike<number>,
  transposeA: boolean,
  b: ArrayLike<number>,
  transposeB: boolean,
  [rows, depth, columns]: readonly [number, number, number],
): Float64Array {
  const out = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let k = 0; k < depth; k++) {
        const x = a[transposeA ? k * rows + i : i * depth + k] as number;
        const y = b[transposeB ? j * depth + k : k * columns + j] as number;
        sum += x * y;
      }
      out[i * columns + j] = sum;
    }
  }
  return out;
}

/**
 * The largest difference, relative to the larger of 1 and the expected size; NaN and infinity must agree
 * exactly.
 */
export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const x = actual[i] as number;
    const y = expected[i] as number;
    if (Object.is(x, y) || x === y) continue;
    const error = Math.abs(x - y) / Math.max(1, Math.abs(y));
    if (!(error <= largest)) largest = Number.isNaN(error) ? Infinity : error;
  }
  return largest;
}

export { createRandom };

/** What an operation gives on one backend: shapes and values. */
export interface Outcome {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** A tensor as plain data. */
export interface Plain {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

/** Runs `compute` on fresh tensors of `inputs` on the given backend; nothing may be left over. */
export async function runOn<Name extends string>(
  backend: 'cpu' | 'wasm',
  inputs: Readonly<Record<Name, Plain>>,
  compute: (tensors: Record<Name, Tensor>) => Tensor[],
): Promise<Outcome[]> {
  await setBackend(backend);
  const before = memory().numTensors;
  const tensors = Object.fromEntries(
    Object.entries<Plain>(inputs).map(([name, { shape, values }]) => [
      name,
      tensor(values, [...shape], values instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  ) as Record<Name, Tensor>;
  const outputs = compute(tensors);
  const outcome = outputs.map((output) => ({
    shape: [...output.shape],
    values: output.dataSync() as Outcome['values'],
  }));
  for (const output of outputs) output.dispose();
  for (const used of Object.values<Tensor>(tensors)) used.dispose();
  if (memory().numTensors !== before)
    throw new Error(`${memory().numTensors - before} tensors are left over`);
  return outcome;
}

/** Normally distributed data of a shape, times `scale`. */
export function plain(random: Random, shape: readonly number[], scale = 1): Plain {
  const values = floats(
    random,
    shape.reduce((product, length) => product * length, 1),
  );
  return { shape, values: values.map((value) => value * scale) };
}

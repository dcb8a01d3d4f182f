import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom, largestError, plain, runOn, useWasmKernels } from './reference.js';

describe('Seq2SeqLayerNorm on wasm', () => {
  beforeAll(useWasmKernels);

  it.each([
    [0, 5],
    [1, 1],
    [2, 3],
    [5, 8],
    [7, 33],
    [3, 513],
  ])('agrees with float64, forward and backward, for %i rows of %i', async (rows, size) => {
    const random = createRandom(size);
    const inputs = {
      x: plain(random, [rows, size]),
      scale: plain(random, [size]),
      shift: plain(random, [size]),
      dy: plain(random, [rows, size]),
    };
    const epsilon = 1e-5;
    const outputs = await runOn('wasm', inputs, ({ x, scale, shift, dy }) => {
      const [y, mean, rstd] = engine().runKernel(
        'Seq2SeqLayerNorm',
        { x, scale, shift },
        { epsilon },
      ) as unknown as [Tensor, Tensor, Tensor];
      const gradients = engine().runKernel(
        'Seq2SeqLayerNormGrad',
        { dy, x, scale, mean, rstd },
        {},
      ) as unknown as Tensor[];
      return [y, mean, rstd, ...gradients];
    });
    const expected = reference(
      rows,
      size,
      epsilon,
      inputs.x.values,
      inputs.scale.values,
      inputs.shift.values,
      inputs.dy.values,
    );
    outputs.forEach(({ values }, i) =>
      expect(largestError(values, expected[i] as Float64Array), `output ${i}`).toBeLessThan(2e-5),
    );
  });
});

/**
 * y, mean, rstd, dx, dScale, dShift by the definition, in float64; dx through the Jacobian of the
 * normalisation.
 */
function reference(
  rows: number,
  size: number,
  epsilon: number,
  ...data: ArrayLike<number>[]
): Float64Array[] {
  const [x, scale, shift, dy] = data as [
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
    ArrayLike<number>,
  ];
  const [y, dx] = [new Float64Array(rows * size), new Float64Array(rows * size)];
  const [mean, rstd] = [new Float64Array(rows), new Float64Array(rows)];
  const [dScale, dShift] = [new Float64Array(size), new Float64Array(size)];
  const at = (values: ArrayLike<number>, i: number): number => values[i] as number;
  for (let i = 0; i < rows; i++) {
    const row = Array.from({ length: size }, (_, j) => at(x, i * size + j));
    const middle = row.reduce((sum, value) => sum + value, 0) / size;
    const variance = row.reduce((sum, value) => sum + (value - middle) ** 2, 0) / size;
    const factor = 1 / Math.sqrt(variance + epsilon);
    [mean[i], rstd[i]] = [middle, factor];
    const normal = row.map((value) => (value - middle) * factor);
    for (let j = 0; j < size; j++) {
      const n = normal[j] as number;
      y[i * size + j] = n * at(scale, j) + at(shift, j);
      dScale[j] = at(dScale, j) + at(dy, i * size + j) * n;
      dShift[j] = at(dShift, j) + at(dy, i * size + j);
      for (let k = 0; k < size; k++) {
        const slope = factor * ((j === k ? 1 : 0) - 1 / size - ((normal[k] as number) * n) / size);
        dx[i * size + k] = at(dx, i * size + k) + at(dy, i * size + j) * at(scale, j) * slope;
      }
    }
  }
  return [y, mean, rstd, dx, dScale, dShift];
}

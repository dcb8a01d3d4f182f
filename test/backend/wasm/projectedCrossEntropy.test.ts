import '#gradients';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { runKernel } from '../../../src/core/engine.js';
import { PROJECTED_CROSS_ENTROPY } from '../../../src/ops/crossEntropy/projectedCrossEntropy.js';
import {
  createRandom,
  largestError,
  plain,
  runOn,
  useWasmKernels,
  type Outcome,
  type Plain,
} from './reference.js';

interface Case {
  readonly rows: number;
  readonly size: number;
  readonly classes: number;
  readonly labelSmoothing?: number;
  readonly weighted?: boolean;
  readonly training?: boolean;
}

function data({ rows, size, classes, weighted = false }: Case): Record<string, Plain> {
  const random = createRandom(rows);
  return {
    features: plain(random, [rows, size]),
    weight: plain(random, [classes, size]),
    bias: plain(random, [classes]),
    targets: { shape: [rows], values: Int32Array.from({ length: rows }, () => random.integer(classes)) },
    scales: {
      shape: [rows],
      values: Float32Array.from({ length: rows }, (_, i) => (i % 3 === 1 ? 0 : random.next())),
    },
    ...(weighted
      ? {
          classWeights: {
            shape: [classes],
            values: Float32Array.from({ length: classes }, () => random.next()),
          },
        }
      : {}),
  };
}

function run(
  backend: 'cpu' | 'wasm',
  inputs: Record<string, Plain>,
  { labelSmoothing = 0, training = true }: Case,
): Promise<Outcome[]> {
  return runOn(backend, inputs, (tensors) =>
    runKernel<Tensor[]>(PROJECTED_CROSS_ENTROPY, tensors, { labelSmoothing, training }),
  );
}

describe('Seq2SeqProjectedCrossEntropy on wasm', () => {
  beforeAll(useWasmKernels);

  it.each<Case>([
    { rows: 1, size: 1, classes: 2 },
    { rows: 1, size: 3, classes: 2 },
    { rows: 2, size: 5, classes: 7 },
    { rows: 13, size: 8, classes: 31, labelSmoothing: 0.1 },
    { rows: 13, size: 8, classes: 33, weighted: true },
    { rows: 37, size: 33, classes: 65, labelSmoothing: 0.3, weighted: true },
    { rows: 37, size: 33, classes: 64, training: false },
    { rows: 5, size: 9, classes: 11, labelSmoothing: 1 },
    { rows: 131, size: 5, classes: 30011 },
  ])(
    'agrees with the cpu backend: $rows rows, $classes classes, smoothing $labelSmoothing',
    async (sizes) => {
      const inputs = data(sizes);
      const expected = await run('cpu', inputs, sizes);
      const actual = await run('wasm', inputs, sizes);
      expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
      actual.forEach(({ values }, i) => {
        expect(largestError(values, expected[i]?.values ?? []), `output ${i}`).toBeLessThan(1e-4);
      });
    },
  );

  it('leaves out rows of scale 0, and counts an impossible target as not a number', async () => {
    const sizes = { rows: 3, size: 2, classes: 5 };
    const inputs = data(sizes);
    const targets = inputs['targets']?.values as Int32Array;
    targets[1] = -100; // scale 0
    const [loss] = await run('wasm', inputs, sizes);
    expect(loss?.values[0]).toBeGreaterThan(0);
    targets[0] = 5;
    const [wrong, ...gradients] = await run('wasm', inputs, sizes);
    expect(wrong?.values[0]).toBeNaN();
    expect(gradients.every(({ values }) => [...values].every(Number.isFinite))).toBe(true);
  });

  it('carries NaN and infinity into the loss', async () => {
    const sizes = { rows: 1, size: 2, classes: 5 };
    for (const value of [NaN, Infinity]) {
      const inputs = data(sizes);
      (inputs['bias']?.values as Float32Array)[4] = value;
      const [loss] = await run('wasm', inputs, sizes);
      expect(loss?.values[0]).toBeNaN();
    }
  });

  it('gives probability 0 to a logit of minus infinity', async () => {
    const sizes = { rows: 2, size: 2, classes: 3 };
    const inputs = data(sizes);
    (inputs['targets']?.values as Int32Array).fill(0);
    (inputs['bias']?.values as Float32Array)[2] = -Infinity;
    const [loss, , dWeight, dBias] = await run('wasm', inputs, sizes);
    expect(loss?.values[0]).toBeGreaterThan(0);
    expect(Math.abs(dBias?.values[2] as number)).toBeLessThan(1e-30);
    expect(Math.abs(dWeight?.values[4] as number)).toBeLessThan(1e-30);
  });
});

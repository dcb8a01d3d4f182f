import '#gradients';
import type { Tensor } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { Cell } from '../../../src/backend/wasm/generated/kernels.js';
import { runKernel } from '../../../src/core/engine.js';
import { recurrentKernels } from '../../../src/ops/recurrent/kernels.js';
import { CELLS, type RecurrentCell } from '../../../src/ops/recurrent/cells.js';
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
  readonly cell: RecurrentCell;
  readonly reverse: boolean;
  readonly batch: number;
  readonly time: number;
  readonly units: number;
  readonly seed: number;
  /** Whether x holds the real positions alone. */
  readonly packed?: boolean;
}

/** Bundle and gradients on one backend. The gradient of the bundle is random, at padding too. */
async function run(
  backend: 'cpu' | 'wasm',
  { cell, reverse, batch, time, units, seed, packed = false }: Case,
): Promise<Outcome[]> {
  const random = createRandom(seed);
  const kernels = recurrentKernels(cell);
  const { gates: gateCount, hasCellState } = CELLS[cell];
  const width = gateCount * units;
  const mask: Plain = {
    shape: [batch, time],
    values: Float32Array.from({ length: batch * time }, (_, i) =>
      i % time !== 2 && random.next() < 0.7 ? 1 : 0,
    ),
  };
  const state = { shape: [batch, units] };
  const real = [...mask.values.keys()].filter((position) => mask.values[position] === 1);
  const places = new Int32Array(batch * time);
  real.forEach((position, token) => (places[position] = token));
  const inputs: Record<string, Plain> = {
    x: plain(random, packed ? [real.length, width] : [batch, time, width]),
    mask,
    ...(packed && {
      positions: { shape: [real.length], values: Int32Array.from(real) },
      places: { shape: [batch * time], values: places },
    }),
    h0: plain(random, state.shape),
    weight: plain(random, [width, units], 1 / Math.sqrt(units)),
    bias: plain(random, [width]),
    dy: plain(random, [batch, time + (hasCellState ? 2 : 1), units]),
    ...(hasCellState && { c0: plain(random, state.shape) }),
  };
  return runOn(backend, inputs, ({ x, dy, ...shared }) => {
    const forward = runKernel<Tensor[]>(
      kernels.forward,
      { ...shared, x: x as Tensor },
      { reverse, training: true },
    );
    const [bundle, states, gates] = forward as [Tensor, Tensor, Tensor];
    const gradients = runKernel<Tensor[]>(
      kernels.gradient,
      { ...shared, dy: dy as Tensor, states, gates },
      { reverse },
    );
    const inference = runKernel<Tensor[]>(
      kernels.forward,
      { ...shared, x: x as Tensor },
      { reverse, training: false },
    );
    gates.dispose();
    return [bundle, ...inference, states, ...gradients];
  });
}

async function compare(sizes: Case): Promise<void> {
  const expected = await run('cpu', sizes);
  const actual = await run('wasm', sizes);
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  actual.forEach(({ values }, i) => {
    expect(
      largestError(values, expected[i]?.values ?? []),
      `output ${i} of ${JSON.stringify(sizes)}`,
    ).toBeLessThan(5e-5);
  });
}

describe.each(Object.keys(Cell) as (keyof typeof Cell)[])('the %s kernel on wasm', (cell) => {
  beforeAll(useWasmKernels);

  it.each([
    [1, 1, 1],
    [1, 5, 3],
    [2, 5, 4],
    [2, 1, 7],
    [13, 5, 9],
    [31, 3, 33],
    [3, 4, 300],
    [33, 2, 261],
  ])('agrees with the cpu backend for batch %i, time %i, units %i', async (batch, time, units) => {
    await compare({ cell, reverse: false, batch, time, units, seed: 1 });
    await compare({ cell, reverse: true, batch, time, units, seed: 2 });
  });

  it.each([false, true])(
    'agrees with the cpu backend at random sizes and masks (packed: %s)',
    async (packed) => {
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 30 }),
          fc.integer({ min: 1, max: 6 }),
          fc.integer({ min: 1, max: 20 }),
          fc.boolean(),
          fc.nat(),
          (batch, time, units, reverse, seed) => compare({ cell, reverse, batch, time, units, seed, packed }),
        ),
        { seed: 11, numRuns: 25 },
      );
    },
  );
});

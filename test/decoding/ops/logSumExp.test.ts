import { memory, tensor2d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from '../../../src/backend/useBackend.js';
import { createRandom } from '../../../src/core/random.js';
import { logSumExp } from '../../../src/decoding/ops/logSumExp.js';

describe.each(['cpu', 'wasm'] as const)('logSumExp on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  const rowsOf = (rows: number[][]): number[] => {
    const before = memory().numTensors;
    const x = tensor2d(rows);
    const out = logSumExp(x);
    expect(out.shape).toEqual([rows.length, 1]);
    const values = [...out.dataSync()];
    x.dispose();
    out.dispose();
    expect(memory().numTensors).toBe(before);
    return values;
  };

  it.each([1, 3, 4, 5, 8, 1031])('agrees with float64 for rows of %i', (size) => {
    const random = createRandom(size);
    const rows = [1, 30, 0].map((scale) => Array.from({ length: size }, () => scale * random.normal()));
    rowsOf(rows).forEach((value, i) => {
      const row = (rows[i] as number[]).map(Math.fround);
      const exact = Math.log(row.reduce((sum, x) => sum + Math.exp(x - 40), 0)) + 40;
      expect(Math.abs(value - exact)).toBeLessThan(1e-5 * Math.max(1, Math.abs(exact)));
    });
  });

  it('takes logits of any size and of probability 0, and is not finite without a finite maximum', () => {
    const [large, banned, ...wrong] = rowsOf([
      [1e4, 1e4, -1e4],
      [-Infinity, 0, -Infinity],
      [-Infinity, -Infinity, -Infinity],
      [NaN, 1, 2],
      [Infinity, 0, 1],
    ]);
    expect(large).toBeCloseTo(1e4 + Math.log(2), 2);
    expect(banned).toBeCloseTo(0, 6);
    expect(wrong.map(Number.isFinite)).toEqual([false, false, false]);
  });
});

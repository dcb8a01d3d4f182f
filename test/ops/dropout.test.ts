import { memory, ones, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { createRandom } from '../../src/core/random.js';
import { dropout } from '../../src/ops/dropout.js';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  test('dropout zeroes its share and keeps the mean; a rate of 0 touches nothing', () => {
    const before = memory().numTensors;
    tidy(() => {
      const x = ones([50, 101]);
      const random = createRandom(1);
      expect(dropout(x, 0, random)).toBe(x);
      expect(random.state()).toEqual(createRandom(1).state());
      const first = [...dropout(x, 0.2, random).dataSync()];
      expect(new Set(first)).toEqual(new Set([0, Math.fround(1 / 0.8)]));
      const zeros = first.filter((value) => value === 0).length / first.length;
      expect(Math.abs(zeros - 0.2)).toBeLessThan(0.02);
      expect([...dropout(x, 0.2, random).dataSync()]).not.toEqual(first);
      expect([...dropout(x, 0.2, createRandom(1)).dataSync()]).toEqual(first);
    });
    expect(memory().numTensors).toBe(before);
  });
});

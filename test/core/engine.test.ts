import '@tensorflow/tfjs-backend-cpu';
import '#gradients';
import {
  getGradient,
  getKernel,
  grad,
  memory,
  mul,
  setBackend,
  square,
  sum,
  tensor1d,
  tidy,
  unregisterGradient,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { Tensor } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { recordingGradients, runKernel, type KernelDefinition } from '../../src/core/engine.js';
import { noGradient } from '../../src/core/noGradient.js';

beforeAll(async () => {
  await setBackend('cpu');
});

const SCALED_SQUARE: KernelDefinition = {
  name: 'Seq2SeqTestScaledSquare',
  compose: ({ inputs, attrs }) =>
    tidy(() => mul(square(inputs['x'] as Tensor), (attrs as { by: number }).by)) as never,
  gradient: {
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attrs) => ({
      x: () => mul(dy as Tensor, mul(saved[0] as Tensor, 2 * (attrs as unknown as { by: number }).by)),
    }),
  },
};

afterEach(() => {
  if (getKernel(SCALED_SQUARE.name, 'cpu') !== undefined) unregisterKernel(SCALED_SQUARE.name, 'cpu');
  if (getGradient(SCALED_SQUARE.name) !== undefined) unregisterGradient(SCALED_SQUARE.name);
});

test('runs the composition, registered at first use alone', () => {
  const before = memory().numTensors;
  expect(getKernel(SCALED_SQUARE.name, 'cpu')).toBeUndefined();
  tidy(() => {
    const x = tensor1d([1, 2, 3]);
    expect([...runKernel<Tensor>(SCALED_SQUARE, { x }, { by: 5 }).dataSync()]).toEqual([5, 20, 45]);
    expect([...runKernel<Tensor>(SCALED_SQUARE, { x }, { by: 2 }).dataSync()]).toEqual([2, 8, 18]);
  });
  expect(getKernel(SCALED_SQUARE.name, 'cpu')).toBeDefined();
  expect(memory().numTensors).toBe(before);
});

test('registers its gradient, which tapes use', () => {
  const before = memory().numTensors;
  tidy(() => {
    const slope = grad((x) => sum(runKernel<Tensor>(SCALED_SQUARE, { x }, { by: 5 })))(tensor1d([1, 2, 3]));
    expect([...slope.dataSync()]).toEqual([10, 20, 30]);
  });
  expect(memory().numTensors).toBe(before);
});

test('recordingGradients is true on a tape alone, and off it again inside noGradient', () => {
  const seen: boolean[] = [recordingGradients()];
  tidy(() => {
    grad((x) => {
      seen.push(recordingGradients());
      const constant = noGradient(() => {
        seen.push(recordingGradients());
        return mul(x, 2);
      });
      return sum(mul(x, constant));
    })(tensor1d([1]));
  });
  seen.push(recordingGradients());
  expect(seen).toEqual([false, true, false, false]);
});

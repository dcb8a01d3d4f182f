import { getBackend, matMul, memory, tensor2d } from '@tensorflow/tfjs-core';
import { expect, inject, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';

test('the page is what the project says', async () => {
  expect(globalThis.crossOriginIsolated).toBe(inject('isolated'));
  expect(getBackend()).toBe(inject('backend'));
  const before = memory().numTensors;
  const [a, b] = [tensor2d([[1, 2]]), tensor2d([[3, 4]])];
  const product = matMul(a, b, false, true);
  expect([...(await product.data())]).toEqual([11]);
  for (const used of [a, b, product]) used.dispose();
  expect(memory().numTensors).toBe(before);
});

test('auto takes WebAssembly before a GPU that is imitated in software', async () => {
  expect(await useBackend('auto')).toBe('wasm');
  expect(getBackend()).toBe('wasm');
});

import { clone, memory, tensor1d, variable } from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { useBackend } from '../../../src/backend/useBackend.js';

beforeAll(async () => {
  await useBackend('wasm');
});

it('shares the data of a clone until one of the two changes', async () => {
  const before = memory();
  const original = variable(tensor1d([1, 2, 3]));
  const copy = clone(original);
  expect(memory().numDataBuffers - before.numDataBuffers).toBe(1);
  const next = tensor1d([4, 5, 6]);
  original.assign(next);
  expect([...(await copy.data())]).toEqual([1, 2, 3]);
  expect([...(await original.data())]).toEqual([4, 5, 6]);
  original.dispose();
  expect([...(await copy.data())]).toEqual([1, 2, 3]);
  copy.dispose();
  next.dispose();
});

it('clones strings as tfjs does', async () => {
  const words = tensor1d(['a', 'b']);
  const copy = clone(words);
  expect(await copy.data()).toEqual(['a', 'b']);
  words.dispose();
  copy.dispose();
});

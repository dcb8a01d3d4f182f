import { engine, memory } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { loadSeq2Seq } from '../../src/model/loadSeq2Seq.js';
import { tinyModel } from './tinyModel.js';

// One test, since a backend that was once registered does not go away again.
test('without a backend, build and load say how to get one; one that is registered starts by itself', async () => {
  const say = (where: string): unknown =>
    expect.objectContaining({
      code: 'backend-unavailable',
      message: `${where}: expected a backend of TensorFlow.js but received "none". First \`await useBackend('auto')\`, which 'tfjs-seq2seq/backend' has.`,
    });
  let reads = 0;
  const load = (): Promise<never> => Promise.reject(new Error(`read ${++reads}`));
  expect(() => tinyModel()).toThrow(say('build') as Error);
  await expect(loadSeq2Seq({ load })).rejects.toEqual(say('loadSeq2Seq'));
  expect(reads).toBe(0);

  await import('@tensorflow/tfjs-backend-cpu');
  await expect(loadSeq2Seq({ load })).rejects.toThrow('read 1');
  expect(engine().backendName).toBeUndefined(); // nothing has started it yet
  const before = memory().numTensors;
  tinyModel().dispose();
  expect(engine().backendName).toBe('cpu');
  expect(memory().numTensors).toBe(before);
});

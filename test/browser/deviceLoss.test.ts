import { backend, memory } from '@tensorflow/tfjs-core';
import { expect, inject, test } from 'vitest';
import { greedy } from '../../src/decoding/greedySearch.js';
import { tinyModel } from '../model/tinyModel.js';

/** How each backend is made to lose its device. */
const lose: Readonly<Partial<Record<string, () => void>>> = {
  webgl: () =>
    (backend() as unknown as { gpgpu: { gl: WebGLRenderingContext } }).gpgpu.gl
      .getExtension('WEBGL_lose_context')
      ?.loseContext(),
  webgpu: () => (backend() as unknown as { device: { destroy(): void } }).device.destroy(),
};

const pairs = ['a b', 'b c'].map((text) => ({ source: text, target: text }));

/** In a file of its own: nothing works on its page afterwards. */
test('training and generation end when the device is lost', async () => {
  const model = tinyModel();
  const before = memory().numTensors;
  const fit = model.fit(pairs, {
    batchSize: 1,
    onStep: ({ step }) => {
      if (step === 1) lose[inject('backend')]?.();
    },
  });
  await expect(fit).rejects.toMatchObject({ code: 'device-failed' });
  await expect(model.generate('a b', greedy({ maxLength: 2 }))).rejects.toMatchObject({
    code: 'device-failed',
  });
  await expect(model.score('a', 'b')).rejects.toMatchObject({ code: 'device-failed' });
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

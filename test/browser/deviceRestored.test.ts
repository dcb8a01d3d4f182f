import { backend } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { tinyModel } from '../model/tinyModel.js';

/** In a file of its own: nothing works on its page afterwards. */
test('a context that is lost and restored while nothing reads is told of all the same', async () => {
  const model = tinyModel();
  const { gl } = (backend() as unknown as { gpgpu: { gl: WebGLRenderingContext } }).gpgpu;
  const lost = gl.getExtension('WEBGL_lose_context');
  const event = (name: string): Promise<Event> =>
    new Promise((resolve) => gl.canvas.addEventListener(name, resolve, { once: true }));
  const [gone, back] = [event('webglcontextlost'), event('webglcontextrestored')];
  lost?.loseContext();
  await gone;
  await new Promise((resolve) => setTimeout(resolve)); // refused while the event is still told
  lost?.restoreContext();
  await back;
  expect(gl.isContextLost()).toBe(false);
  const fit = model.fit([{ source: 'a b', target: 'b a' }], { epochs: 1 });
  await expect(fit).rejects.toMatchObject({ code: 'device-failed' });
  model.dispose();
});

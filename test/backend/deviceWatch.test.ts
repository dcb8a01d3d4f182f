import '@tensorflow/tfjs-backend-cpu';
import { backend, registerBackend, scalar, setBackend, type KernelBackend } from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { watchDevices } from '../../src/backend/deviceWatch.js';
import { deviceError, readValues, setDeviceWatch } from '../../src/core/device.js';
import { Seq2SeqError } from '../../src/core/errors.js';

beforeAll(async () => {
  watchDevices();
  await setBackend('cpu');
});

const never = (): Promise<never> => new Promise(() => undefined);
const coded = (code: string, text: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(text) as string });

/** The cpu backend, seen as a new one with `parts` in it for each test. */
let fakes = 0;
async function pretend(parts: object): Promise<void> {
  const fake = Object.create(backend()) as KernelBackend;
  const name = `fake${++fakes}`;
  registerBackend(name, () => Object.assign(fake, parts));
  await setBackend(name);
}
afterEach(() => setBackend('cpu'));

test('without the watch, values and errors are those of tfjs', async () => {
  setDeviceWatch(null);
  expect([...(await readValues(scalar(3)))]).toEqual([3]);
  const full = new RangeError('Array buffer allocation failed');
  expect(deviceError(full)).toBe(full);
  watchDevices();
});

describe('without a GPU', () => {
  test('values are read as they are', async () => {
    expect([...(await readValues(scalar(3)))]).toEqual([3]);
  });

  test('errors stay what they are, but for those of memory', () => {
    const own = new Seq2SeqError('aborted', 'mine');
    const other = new TypeError('something');
    expect(deviceError(own)).toBe(own);
    expect(deviceError(other)).toBe(other);
    expect(deviceError('text')).toBe('text');
    const full = new RangeError('Array buffer allocation failed');
    expect(deviceError(full)).toEqual(coded('out-of-memory', 'Take smaller batches'));
    expect(deviceError(full)).toHaveProperty('cause', full);
  });
});

describe('with WebGL', () => {
  const canvas = new EventTarget();
  const gl = { canvas, isContextLost: vi.fn(() => false), getError: vi.fn(() => 0) };
  beforeEach(() => pretend({ gpgpu: { gl } }));

  test('a read that would wait for ever ends when the context is lost, and so does the next', async () => {
    const x = scalar(1);
    vi.spyOn(x, 'data').mockImplementation(never);
    const read = readValues(x);
    canvas.dispatchEvent(new Event('webglcontextlost'));
    await expect(read).rejects.toEqual(coded('device-failed', 'the WebGL context was lost'));
    await expect(readValues(x)).rejects.toMatchObject({ code: 'device-failed' });
    const consequence = new Error('Failed to compile fragment shader.');
    expect(deviceError(consequence)).toEqual(coded('device-failed', 'the WebGL context was lost'));
    expect(deviceError(consequence)).toHaveProperty('cause', consequence);
  });

  test('a context that was lost and restored before the first read', async () => {
    watchDevices();
    canvas.dispatchEvent(new Event('webglcontextlost'));
    await expect(readValues(scalar(1))).rejects.toMatchObject({ code: 'device-failed' });
  });

  test('a context that is found lost', async () => {
    gl.isContextLost.mockReturnValueOnce(true);
    await expect(readValues(scalar(1))).rejects.toMatchObject({ code: 'device-failed' });
  });

  test('values that were made without memory are not handed out', async () => {
    gl.getError.mockReturnValueOnce(0x0505);
    await expect(readValues(scalar(1))).rejects.toEqual(coded('out-of-memory', 'WebGL ran out of memory'));
    expect([...(await readValues(scalar(2)))]).toEqual([2]);
  });
});

describe('with WebGPU', () => {
  let lose: (info: { message: string }) => void = () => undefined;
  let device: EventTarget & { lost?: Promise<{ message: string }> };
  beforeEach(() => {
    device = new EventTarget();
    device.lost = new Promise((resolve) => (lose = resolve));
    return pretend({ device });
  });

  test('a lost device ends what waits for it', async () => {
    const x = scalar(1);
    vi.spyOn(x, 'data').mockImplementation(never);
    const read = readValues(x);
    lose({ message: 'reset' });
    await expect(read).rejects.toEqual(coded('device-failed', 'the WebGPU device was lost (reset)'));
  });

  test('work that was refused is told by the next read, once', async () => {
    await readValues(scalar(1));
    for (const [message, code] of [
      ['9 exceeds the max buffer size limit of 8', 'out-of-memory'],
      ['invalid pipeline', 'device-failed'],
    ] as const) {
      device.dispatchEvent(Object.assign(new Event('uncapturederror'), { error: new Error(message) }));
      await expect(readValues(scalar(1))).rejects.toEqual(coded(code, `WebGPU refused work (${message})`));
      expect([...(await readValues(scalar(2)))]).toEqual([2]);
    }
  });
});

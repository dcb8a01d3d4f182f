import { engine, type Tensor } from '@tensorflow/tfjs-core';
import { setDeviceWatch, type DeviceWatch } from '../core/device.js';
import { Seq2SeqError } from '../core/errors.js';

/** A GPU and what is known of it. */
interface Device {
  readonly gl: WebGLRenderingContext | null;
  /** Set for good once it is gone. */
  lost: Seq2SeqError | null;
  /** The failure of work that no read has told yet. */
  failure: Seq2SeqError | null;
  /** Reads that wait for it, and would wait for ever once it is gone. */
  readonly waiting: Set<(error: Seq2SeqError) => void>;
}

/** What a read needs of tfjs's GPU backends. All of it is internal there, so every part may be missing. */
interface GpuBackend {
  readonly gpgpu?: { readonly gl?: WebGLRenderingContext };
  readonly device?: EventTarget & { readonly lost?: Promise<{ readonly message: string }> };
}

const devices = new WeakMap<object, Device>();

/** Turns what a lost or full GPU does into errors, for every backend. */
const deviceWatch: DeviceWatch = { read, explain };

/**
 * Watches the device of the present backend from now on, and that of any other from its first read. It must
 * start early: tfjs has a lost WebGL context restored, which then looks sound although all tensors are gone.
 */
export function watchDevices(): void {
  setDeviceWatch(deviceWatch);
  presentDevice();
}

/**
 * Reads a tensor's numbers back. Unlike `tensor.data()`, it does not wait for ever, or return zeros, where
 * the GPU is lost or out of memory.
 *
 * @throws `device-failed` or `out-of-memory`
 */
async function read(tensor: Tensor): Promise<Float32Array> {
  const device = presentDevice();
  if (device === null) return tensor.data<'float32'>();
  const values = await new Promise<Float32Array>((resolve, reject) => {
    if (device.lost !== null) {
      reject(device.lost);
      return;
    }
    device.waiting.add(reject);
    const done = (): void => void device.waiting.delete(reject);
    tensor.data<'float32'>().finally(done).then(resolve, reject);
  }).catch((error: unknown) => {
    throw explain(error);
  });
  const failure =
    device.gl?.getError() === OUT_OF_MEMORY ? outOfMemory('WebGL ran out of memory') : device.failure;
  device.failure = null;
  if (failure !== null) throw failure;
  return values;
}

/** WebGL's constant, which workers without a canvas lack. */
const OUT_OF_MEMORY = 0x0505;

/** What an error of tfjs comes from, where that is the device. Otherwise the error itself. */
function explain(error: unknown): Error {
  if (error instanceof Seq2SeqError) return error;
  const lost = presentDevice()?.lost ?? null;
  if (lost !== null) return new Seq2SeqError(lost.code, lost.message, { cause: error });
  const { message } = (error ?? {}) as { message?: unknown };
  const isMemory = /Array buffer allocation failed|Invalid typed array length|Requested texture size/;
  return typeof message === 'string' && isMemory.test(message)
    ? outOfMemory(message, error)
    : (error as Error);
}

/** The watched device of tfjs's backend. `null` where the backend computes on the CPU. */
function presentDevice(): Device | null {
  const backend = engine().backend as GpuBackend | undefined;
  const gl = backend?.gpgpu?.gl ?? null;
  if (backend === undefined || (gl === null && backend.device?.lost === undefined)) return null;
  const device = devices.get(backend) ?? observe(backend, gl);
  if (device.lost === null && gl?.isContextLost() === true) lose(device, 'the WebGL context was lost');
  return device;
}

function observe(backend: GpuBackend, gl: Device['gl']): Device {
  const device: Device = { gl, lost: null, failure: null, waiting: new Set() };
  devices.set(backend, device);
  gl?.canvas.addEventListener('webglcontextlost', () => lose(device, 'the WebGL context was lost'));
  void backend.device?.lost?.then(({ message }) => lose(device, `the WebGPU device was lost (${message})`));
  backend.device?.addEventListener('uncapturederror', (event) => {
    device.failure ??= refusal((event as Event & { error: Error }).error);
  });
  return device;
}

function lose(device: Device, what: string): void {
  const advice = 'Load the page anew, or choose another backend and load the model again.';
  device.lost ??= new Seq2SeqError('device-failed', `tfjs: ${what}, and all tensors with it. ${advice}`);
  for (const reject of device.waiting) reject(device.lost);
}

/** WebGPU tells failures later, and goes on with undefined results. */
function refusal(error: Error): Seq2SeqError {
  const what = `WebGPU refused work (${error.message})`;
  if (error.constructor.name === 'GPUOutOfMemoryError' || /max buffer size/.test(error.message))
    return outOfMemory(what);
  return new Seq2SeqError('device-failed', `tfjs: ${what}. Choose another backend.`, { cause: error });
}

/** @param what happened, as the start of a sentence */
export function outOfMemory(what: string, cause?: unknown): Seq2SeqError {
  const advice = 'Take smaller batches, shorter sequences or a smaller model.';
  return new Seq2SeqError('out-of-memory', `tfjs: ${what}. ${advice}`, { cause });
}

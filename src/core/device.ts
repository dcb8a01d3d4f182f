import type { Tensor } from '@tensorflow/tfjs-core';

/**
 * What looks after the device under a backend. `useBackend` installs it, so that nobody else has to load it.
 */
export interface DeviceWatch {
  /** Reads a tensor's numbers back. @throws `device-failed` or `out-of-memory` */
  read(tensor: Tensor): Promise<Float32Array>;
  /** What an error of tfjs comes from, where that is the device. Otherwise the error itself. */
  explain(error: unknown): Error;
}

let watch: DeviceWatch | null = null;

/** Replaces whatever watched before. */
export function setDeviceWatch(next: DeviceWatch | null): void {
  watch = next;
}

/** Reads a tensor's numbers back. @throws `device-failed` or `out-of-memory` where a watch is installed */
export function readValues(tensor: Tensor): Promise<Float32Array> {
  return watch === null ? tensor.data<'float32'>() : watch.read(tensor);
}

/** {@link readValues} of a tensor that nobody needs afterwards. */
export async function readAndDispose(tensor: Tensor): Promise<Float32Array> {
  try {
    return await readValues(tensor);
  } finally {
    tensor.dispose();
  }
}

/** What to throw for an error of tfjs. */
export function deviceError(error: unknown): Error {
  return watch === null ? (error as Error) : watch.explain(error);
}

import { engine, type Tensor } from '@tensorflow/tfjs-core';

/** Backends whose tensors lie in memory that the CPU reads. */
const READABLE = ['cpu', 'wasm', 'tensorflow'];

/** A tensor's numbers where looking at them waits for nothing; `null` on a GPU. */
export function readAtOnce(tensor: Tensor): ArrayLike<number> | null {
  return READABLE.includes(engine().backendName) ? tensor.dataSync() : null;
}

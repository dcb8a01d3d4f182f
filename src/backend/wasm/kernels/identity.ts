import { Identity } from '@tensorflow/tfjs-core';
import { input, type NativeKernel } from '../nativeKernel.js';

/**
 * A clone that shares its data, as on tfjs's other backends. tfjs's own wasm kernel copies the data, and
 * every tensor that a gradient saves is a clone.
 */
export const identity: NativeKernel = {
  name: Identity,
  run(heap, call) {
    const x = input(call, 'x');
    return x.dtype === 'string' ? call.original() : heap.share(x);
  },
};

import { engine } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';

/** Asks for a backend by name, since tfjs does not say how to get one; one that is there starts when it is needed. */
export function checkBackend(where: string): void {
  if (engine().backendNames().length > 0) return;
  throw mismatch('backend-unavailable', {
    where,
    expected: 'a backend of TensorFlow.js',
    received: 'none',
    hint: "First `await useBackend('auto')`, which 'tfjs-seq2seq/backend' has.",
  });
}

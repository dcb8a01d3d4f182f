import { log, max, softmax, sub, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { runKernel, type KernelDefinition } from '../../core/engine.js';

/**
 * Input `x` `[rows, size]`; output `[rows, 1]`. The largest probability of a softmax is `1 / Σ exp(x − max)`.
 * That avoids `tf.exp`, which is ten times slower on the wasm backend.
 */
export const LOG_SUM_EXP: KernelDefinition = {
  name: 'Seq2SeqLogSumExp',
  compose: ({ inputs }) => {
    const x = inputs['x'] as Tensor2D;
    return tidy(() => sub(max(x, 1, true), log(max(softmax(x), 1, true))));
  },
};

/**
 * `max + log Σ exp(x − max)` of each row, `[rows, 1]`. It is not finite for a row with NaN or without a
 * finite maximum.
 */
export function logSumExp(x: Tensor2D): Tensor2D {
  return runKernel<Tensor2D>(LOG_SUM_EXP, { x });
}

import { log, max, softmax, sub, tidy, type Tensor2D } from '@tensorflow/tfjs-core';
import { runKernel, type KernelDefinition } from '../../core/engine.js';

/** Input `x` `[rows, size]`; output `[rows, 1]`. Through softmax, because `tf.exp` of the wasm backend is ten times slower. */
const LOG_SUM_EXP: KernelDefinition = {
  name: 'Seq2SeqLogSumExp',
  compose: ({ inputs }) => {
    const x = inputs['x'] as Tensor2D;
    return tidy(() => sub(max(x, 1, true), log(max(softmax(x), 1, true))));
  },
};

/** `max + log Σ exp(x − max)` of each row, `[rows, 1]`; not finite for a row with NaN or without a finite maximum. */
export function logSumExp(x: Tensor2D): Tensor2D {
  return runKernel<Tensor2D>(LOG_SUM_EXP, { x });
}

import { mul, sub, tidy } from '@tensorflow/tfjs-core';
import { readOptions } from '../../core/options.js';
import { learningRateSchedule } from './learningRate.js';
import type { LearningRate, Optimizer } from './optimizer.js';

/** Options of {@link sgd}. */
export interface SgdOptions {
  /** A number of at least 0, or a function of the step. Default 0.1. */
  readonly learningRate?: LearningRate;
}

/**
 * Plain gradient descent: `w -= learningRate * gradient`.
 *
 * @throws `invalid-option` for unknown names or values
 *
 * @example
 * ```ts
 * import { scalar, variable } from '@tensorflow/tfjs-core';
 * import { sgd } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const w = variable(scalar(1));
 * const optimizer = sgd({ learningRate: 0.5 });
 * optimizer.update({ w }, { w: scalar(1) }, optimizer.init({ w }));
 * console.log(await w.data()); // 0.5
 * ```
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { learningRate } = readOptions('sgd', options, { learningRate: [learningRateSchedule, 0.1] });
  return {
    name: 'sgd',
    learningRate,
    init: () => ({ step: 0, slots: {} }),
    update(parameters, gradients, state, { scale } = {}) {
      const rate = learningRate(state.step);
      for (const [name, gradient] of Object.entries(gradients)) {
        const parameter = parameters[name];
        if (parameter === undefined) continue;
        const next = tidy(() => sub(parameter, mul(gradient, scale === undefined ? rate : mul(scale, rate))));
        parameter.assign(next);
        next.dispose();
      }
      return { step: state.step + 1, slots: {} };
    },
  };
}

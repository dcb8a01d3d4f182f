import { scalar } from '@tensorflow/tfjs-core';
import { disposeTensors } from '../../core/containers.js';
import { finiteNumber, readOptions } from '../../core/options.js';
import { adamStep } from '../../ops/adamStep.js';
import { learningRateSchedule } from './learningRate.js';
import { zeroSlot, type LearningRate, type Optimizer } from './optimizer.js';

/** Options of {@link adam}. */
export interface AdamOptions {
  /** A number of at least 0, or a function of the step. Default 0.001. */
  readonly learningRate?: LearningRate;
  /** Decay of the mean of gradients, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the corrected second moment, above 0. Default 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adam (Kingma & Ba 2015, algorithm 1) with PyTorch's numbers: dense, `epsilon` outside the corrected root.
 *
 * @throws `invalid-option` for unknown names or values
 *
 * @example
 * ```ts
 * import { scalar, square, sub, variable, type Scalar } from '@tensorflow/tfjs-core';
 * import { adam, computeGradients } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const w = variable(scalar(5));
 * const optimizer = adam({ learningRate: 0.1 });
 * let state = optimizer.init({ w });
 * for (let step = 0; step < 100; step++) {
 *   const { loss, gradients } = computeGradients(() => square(sub(w, 3)) as Scalar, { w });
 *   state = optimizer.update({ w }, gradients, state);
 *   loss.dispose();
 *   gradients['w']?.dispose();
 * }
 * console.log(await w.data()); // close to 3
 * ```
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const name = 'adam';
  const { learningRate, beta1, beta2, epsilon } = readOptions(name, options, {
    learningRate: [learningRateSchedule, 1e-3],
    beta1: [finiteNumber({ min: 0, below: 1 }), 0.9],
    beta2: [finiteNumber({ min: 0, below: 1 }), 0.999],
    epsilon: [finiteNumber({ above: 0 }), 1e-8],
  });

  return {
    name,
    learningRate,
    init: (parameters) => ({ step: 0, slots: { m: zeroSlot(parameters), v: zeroSlot(parameters) } }),
    update(parameters, gradients, state, { scale } = {}) {
      const step = state.step + 1;
      const factor = scale ?? scalar(1);
      const attributes = {
        learningRate: learningRate(state.step),
        beta1,
        beta2,
        epsilon,
        correction1: 1 - beta1 ** step,
        correction2: 1 - beta2 ** step,
      };
      const moments = { m: { ...state.slots['m'] }, v: { ...state.slots['v'] } };
      for (const [key, gradient] of Object.entries(gradients)) {
        const [parameter, m, v] = [parameters[key], moments.m[key], moments.v[key]];
        if (parameter === undefined || m === undefined || v === undefined) continue;
        const [next, nextM, nextV] = adamStep({ parameter, gradient, m, v, scale: factor }, attributes);
        parameter.assign(next);
        next.dispose();
        moments.m[key] = nextM;
        moments.v[key] = nextV;
        disposeTensors([m, v], [nextM, nextV]);
      }
      if (scale === undefined) factor.dispose();
      return { step, slots: moments };
    },
  };
}

import { stack } from '@tensorflow/tfjs-core';
import type { Trainable } from '../contracts/trainable.js';
import { disposeTensors } from '../core/containers.js';
import { readValues } from '../core/device.js';
import { clipScale } from './clipScale.js';
import { computeGradients } from './computeGradients.js';
import { globalNorm } from './globalNorm.js';
import type { History } from './history.js';
import type { Optimizer, OptimizerState } from './optimizers/optimizer.js';
import { TrainingStoppedError } from './trainingStoppedError.js';

/** One step. Nothing changes unless loss and gradients are finite. */
export async function update<B>(
  where: string,
  trainable: Trainable<B>,
  batch: B,
  optimizer: Optimizer,
  state: OptimizerState,
  clipNorm: number | undefined,
  history: () => History,
): Promise<{ state: OptimizerState; loss: number; norm: number }> {
  const parameters = trainable.parameters();
  const lossOf = () => trainable.loss(batch, { training: true, step: state.step });
  const { loss, gradients } = computeGradients(lossOf, parameters);
  const norm = globalNorm(gradients);
  const both = stack([loss, norm]);
  try {
    const values = await readValues(both);
    const [lossValue, normValue] = [values[0] as number, values[1] as number];
    if (!Number.isFinite(lossValue) || !Number.isFinite(normValue)) {
      const text = `${where}: the loss (${lossValue}) or the gradient norm (${normValue}) of update ${state.step + 1} is not finite.`;
      const advice =
        'The weights are those before it. Lower the learning rate, set clipNorm, or look at the data.';
      throw new TrainingStoppedError('not-finite', `${text} ${advice}`, history());
    }
    if (clipNorm === undefined) {
      return { state: optimizer.update(parameters, gradients, state), loss: lossValue, norm: normValue };
    }
    const scale = clipScale(norm, clipNorm);
    const next = optimizer.update(parameters, gradients, state, { scale });
    scale.dispose();
    return { state: next, loss: lossValue, norm: normValue };
  } finally {
    disposeTensors([loss, gradients, norm, both]);
  }
}

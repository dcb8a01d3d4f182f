import type { Trainable } from '../contracts/trainable.js';
import { disposeTensors } from '../core/containers.js';
import { deviceError } from '../core/device.js';
import { mismatch, Seq2SeqError } from '../core/errors.js';
import { abortSignal, callback, finiteNumber, positiveInteger, readOptions } from '../core/options.js';
import { createPause } from '../core/pause.js';
import type { EpochRecord, History } from './history.js';
import { adam } from './optimizers/adam.js';
import { checkOptimizer } from './optimizers/checkOptimizer.js';
import type { OptimizerState } from './optimizers/optimizer.js';
import type { Disposable, TrainOptions } from './trainOptions.js';
import { TrainingStoppedError } from './trainingStoppedError.js';
import { update } from './update.js';

/**
 * Trains anything that has parameters and a loss. A step is a forward and a backward pass, one small read and
 * an update. The read is of the loss and the gradient norm: both must be finite before anything changes.
 * Between steps the event loop gets its turn, so that a page stays responsive. All batches and the
 * optimizer's state are freed, errors or not.
 *
 * @returns the record of every epoch
 * @throws `not-finite` before an update by a loss or gradient that is NaN or infinite, and `aborted` between
 * two steps. Both are `TrainingStoppedError`s with the history so far, and leave the weights of the last good
 * step. `invalid-option` for unknown names or values; `invalid-input` for an epoch without batches
 *
 * @example
 * ```ts
 * import { mean, mul, square, sub, tensor1d, variable, type Scalar } from '@tensorflow/tfjs-core';
 * import { adam, train } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * interface Points {
 *   x: number[];
 *   y: number[];
 *   dispose(): void;
 * }
 * const slope = variable(tensor1d([0]));
 * const line = {
 *   // fits y = slope x
 *   parameters: () => ({ slope }),
 *   loss: ({ x, y }: Points) => mean(square(sub(mul(slope, x), y))) as Scalar,
 *   tokens: ({ x }: Points) => x.length,
 * };
 * const points: Points = { x: [1, 2], y: [3, 6], dispose: () => {} };
 * const history = await train(line, {
 *   batches: () => [points],
 *   epochs: 200,
 *   optimizer: adam({ learningRate: 0.1 }),
 * });
 * console.log(history.epochs.at(-1)?.loss, await slope.data());
 * ```
 */
export async function train<B extends Disposable>(
  trainable: Trainable<B>,
  options: TrainOptions<B>,
): Promise<History> {
  const where = 'train';
  const checked = readOptions(where, options, {
    batches: [callback],
    epochs: [positiveInteger],
    optimizer: [checkOptimizer, undefined],
    clipNorm: [finiteNumber({ above: 0 }), undefined],
    stepsPerEpoch: [positiveInteger, undefined],
    signal: [abortSignal, undefined],
    onStep: [callback, undefined],
    onEpoch: [callback, undefined],
    validate: [callback, undefined],
  });
  return trainFor(where, trainable, checked);
}

/** {@link train} with options that are checked already. Messages name the public function `where`. */
export async function trainFor<B extends Disposable>(
  where: string,
  trainable: Trainable<B>,
  options: TrainOptions<B>,
): Promise<History> {
  const { batches, epochs, onEpoch } = options;
  const run = createRun(where, trainable, options);
  const pause = createPause();
  const records: EpochRecord[] = [];
  const history = (): History => ({ epochs: [...records], updates: run.state.step });
  try {
    for (let epoch = 1; epoch <= epochs; epoch++) {
      run.startEpoch(epoch);
      checkSignal(where, options.signal, history);
      for await (const batch of batches(epoch)) {
        try {
          checkSignal(where, options.signal, history);
          await run.step(batch, history);
        } finally {
          batch.dispose();
        }
        await pause();
      }
      checkSignal(where, options.signal, history);
      const summary = run.endEpoch();
      records.push(summary); // which stays in the history where the validation is aborted
      const record = { ...summary, ...(await validation(where, options, epoch, history)) };
      records[epoch - 1] = record;
      await onEpoch?.(record);
    }
    return history();
  } catch (error) {
    throw deviceError(error);
  } finally {
    disposeTensors(run.state.slots);
  }
}

/** What validation adds to an epoch's record. Its abort is the training's, with the history so far. */
async function validation<B extends Disposable>(
  where: string,
  { validate, signal }: TrainOptions<B>,
  epoch: number,
  history: () => History,
): Promise<Pick<EpochRecord, 'validation'>> {
  if (validate === undefined) return {};
  try {
    return { validation: await validate(epoch) };
  } catch (error) {
    if (error instanceof Seq2SeqError && error.code === 'aborted') checkSignal(where, signal, history);
    throw error;
  }
}

/** The part of a training run that changes from step to step. */
interface Run<B> {
  readonly state: OptimizerState;
  startEpoch(epoch: number): void;
  step(batch: B, history: () => History): Promise<void>;
  endEpoch(): EpochRecord;
}

function createRun<B extends Disposable>(
  where: string,
  trainable: Trainable<B>,
  options: TrainOptions<B>,
): Run<B> {
  const { epochs, optimizer = adam(), clipNorm, onStep } = options;
  let state = optimizer.init(trainable.parameters());
  let stepsPerEpoch = options.stepsPerEpoch ?? null;
  let totalSeconds = 0;
  let current = { epoch: 0, steps: 0, tokens: 0, lossSum: 0, seconds: 0, started: 0 };

  return {
    get state() {
      return state;
    },
    startEpoch(epoch) {
      current = { epoch, steps: 0, tokens: 0, lossSum: 0, seconds: 0, started: performance.now() };
    },
    async step(batch, history) {
      const learningRate = optimizer.learningRate(state.step);
      const result = await update(where, trainable, batch, optimizer, state, clipNorm, history);
      state = result.state;
      const tokens = trainable.tokens(batch);
      current.steps++;
      current.tokens += tokens;
      current.lossSum += result.loss * tokens;
      current.seconds = (performance.now() - current.started) / 1000;
      if (onStep === undefined) return;
      const stepsLeft =
        stepsPerEpoch === null ? null : (epochs - current.epoch + 1) * stepsPerEpoch - current.steps;
      await onStep({
        epoch: current.epoch,
        epochs,
        step: current.steps,
        of: stepsPerEpoch,
        loss: result.loss,
        tokens,
        tokensPerSecond: current.tokens / current.seconds,
        learningRate,
        gradientNorm: result.norm,
        secondsLeft:
          stepsLeft === null
            ? null
            : (Math.max(0, stepsLeft) * (totalSeconds + current.seconds)) / state.step,
      });
    },
    endEpoch() {
      const { epoch, steps, tokens, lossSum, seconds } = current;
      if (steps === 0) {
        throw mismatch('invalid-input', {
          where,
          expected: `batches in epoch ${epoch}`,
          received: 'none',
        });
      }
      stepsPerEpoch = steps;
      totalSeconds += seconds;
      return { epoch, loss: lossSum / tokens, tokens, seconds, tokensPerSecond: tokens / seconds };
    },
  };
}

function checkSignal(where: string, signal: AbortSignal | undefined, history: () => History): void {
  if (signal === undefined || !signal.aborted) return;
  const soFar = history();
  const text = `${where}: was aborted after ${soFar.updates} updates. What was learnt so far stays in the weights.`;
  throw new TrainingStoppedError('aborted', text, soFar, { cause: signal.reason });
}

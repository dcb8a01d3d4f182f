import type { Scalar } from '@tensorflow/tfjs-core';
import { mismatch } from '../core/errors.js';
import {
  abortSignal,
  boolean,
  callback,
  finiteNumber,
  nonNegativeInteger,
  oneOf,
  positiveInteger,
  readOptions,
  unchecked,
  type OptionCheck,
} from '../core/options.js';
import { createRandom } from '../core/random.js';
import type { Batch } from '../contracts/batch.js';
import type { ForwardOptions } from '../contracts/block.js';
import type { Forcing } from '../contracts/decoder.js';
import type { Trainable } from '../contracts/trainable.js';
import { batchIndices } from '../data/batchIndices.js';
import type { EpochRecord, History } from '../training/history.js';
import type { Loss } from '../training/losses/crossEntropy.js';
import { adam } from '../training/optimizers/adam.js';
import { checkOptimizer } from '../training/optimizers/checkOptimizer.js';
import type { Optimizer } from '../training/optimizers/optimizer.js';
import {
  drawTeacherForcingMask,
  FORCING_UNITS,
  type ForcingUnit,
} from '../training/teacherForcing/drawTeacherForcingMask.js';
import type { StepEvent, TrainOptions } from '../training/trainOptions.js';
import { trainFor } from '../training/trainer.js';
import type { Pair } from './input/encodeInput.js';
import { encodePairs, exampleOf, type EncodedPair } from './input/encodePairs.js';
import { exampleBatches, exampleLengths } from './input/exampleBatches.js';
import { checkAlive, checkIdle, countTokens, type ModelCore } from './modelCore.js';
import type { TargetSide } from './modelParts.js';

/** Options of `fit`. */
export interface FitOptions<L = Loss> {
  /** How often the data is gone through, from 1. Default 10. */
  readonly epochs?: number;
  /** Pairs in a batch, from 1. Default 64; not together with `maxTokens`. */
  readonly batchSize?: number;
  /** Instead of `batchSize`: the most tokens of a batch, padding counted, on the longer side. */
  readonly maxTokens?: number;
  /**
   * Whether pairs of similar length share a batch. There is less padding then, and epochs are faster.
   * But such batches resemble the data less, so that small datasets learn better without. Default false.
   */
  readonly bucketByLength?: boolean;
  /**
   * Default `adam()`: learning rate 0.001. Its state (Adam's moments) and its count of steps live as long as
   * this call. The next `fit` starts anew.
   */
  readonly optimizer?: Optimizer;
  /**
   * Global gradient norm above which gradients are scaled down (Pascanu et al. 2013).
   * Default 1; `Infinity` turns it off.
   */
  readonly clipNorm?: number;
  /** Default `crossEntropy()`, or `frameLoss()` where the target is frames. */
  readonly loss?: L;
  /**
   * How often the decoder is fed the reference: a schedule, or a schedule together with `per`.
   * Default: the builder's, also for the one of the two that is left out.
   */
  readonly teacherForcing?:
    | ((step: number) => number)
    | {
        /** From the number of updates of this call so far to a ratio in [0, 1]. */
        readonly schedule?: (step: number) => number;
        /** What the ratio decides about: a whole batch, each step or each token. */
        readonly per?: ForcingUnit;
      };
  /** Pairs that are evaluated after every epoch; the results stand in the history. */
  readonly validation?: Iterable<Pair>;
  /** Seeds the order of the batches and the teacher forcing; a whole number from 0. Default 0. */
  readonly seed?: number;
  /** Stops between two steps, or two batches of the validation; what was learnt stays. */
  readonly signal?: AbortSignal;
  /** Called, and awaited, after every update. */
  readonly onStep?: (event: StepEvent) => void | Promise<void>;
  /** Called, and awaited, after every epoch. */
  readonly onEpoch?: (record: EpochRecord) => void | Promise<void>;
}

interface TeacherForcing {
  readonly schedule: (step: number) => number;
  readonly per: ForcingUnit;
}

/** What training must know of the kind of target. */
export interface Objective<L, Target extends TargetSide> {
  /** The default. */
  readonly loss: L;
  batchLoss(batch: Batch, teacherForcingMask: Forcing, loss: L, options: ForwardOptions): Scalar;
  /**
   * Measures what `validation` reports.
   *
   * @param loss the one that is trained with
   * @param stop what ends it early
   */
  evaluate(
    pairs: readonly EncodedPair<Target>[],
    loss: L,
    stop: { readonly signal?: AbortSignal },
  ): Promise<object>;
}

/** Trains a model on pairs; see `Seq2SeqModel.fit` and `FrameModel.fit`. */
export async function fit<L, Target extends TargetSide>(
  core: ModelCore<Target>,
  objective: Objective<L, Target>,
  pairs: Iterable<Pair>,
  options: FitOptions<L> = {},
): Promise<History> {
  const where = 'fit';
  checkAlive(where, core);
  checkIdle(where, core);
  if ('forcingUnit' in Object(options)) {
    const expected = 'teacherForcing: { schedule, per }'; // what has taken its place
    throw mismatch('invalid-option', { where, expected, received: 'forcingUnit' });
  }
  const {
    batchSize,
    maxTokens,
    bucketByLength,
    validation,
    seed,
    loss = objective.loss,
    teacherForcing: { schedule, per },
    clipNorm,
    ...work
  } = readOptions(where, options, {
    epochs: [positiveInteger, 10],
    batchSize: [positiveInteger, undefined],
    maxTokens: [positiveInteger, undefined],
    bucketByLength: [boolean, false],
    optimizer: [checkOptimizer, adam()],
    clipNorm: [clippingNorm, 1],
    loss: [callback, undefined],
    teacherForcing: [teacherForcingOr(core.parts.teacherForcing), {}],
    validation: [unchecked, undefined],
    seed: [nonNegativeInteger, 0],
    signal: [abortSignal, undefined],
    onStep: [callback, undefined],
    onEpoch: [callback, undefined],
  });
  if (batchSize !== undefined && maxTokens !== undefined)
    throw mismatch('invalid-option', { where, expected: 'batchSize or maxTokens', received: 'both' });
  const examples = Array.from(encodePairs(where, core.parts, pairs), exampleOf);
  const held =
    validation === undefined ? null : [...encodePairs(`${where}: validation`, core.parts, validation)];
  const order = createRandom(seed);
  const maskRandom = order.fork();
  const size = maxTokens === undefined ? { batchSize: batchSize ?? 64 } : { maxTokens };
  const plan = { ...size, bucketByLength };

  const trainable: Trainable<Batch> = {
    parameters: () => core.blocks.parameters(),
    tokens: countTokens,
    loss(batch, { step, training }) {
      const [rows, time] = batch.targetMask.shape;
      const ratio = finiteNumber({ min: 0, max: 1 })(where, `teacherForcing(${step})`, schedule(step));
      const mask = drawTeacherForcingMask({ ratio, per, batch: rows, time, random: maskRandom });
      return objective.batchLoss(batch, mask, loss, { training });
    },
  };
  const stop = work.signal === undefined ? {} : { signal: work.signal };
  const stepsPerEpoch = batchIndices(examples.map(exampleLengths), { ...plan, shuffle: false }).length;
  const training: TrainOptions<Batch> = {
    ...work,
    batches: () => exampleBatches(core.parts, examples, { ...plan, seed: order.integer(0x1_0000_0000) }),
    stepsPerEpoch,
    ...(clipNorm === Infinity ? {} : { clipNorm }),
    ...(held === null ? {} : { validate: async () => ({ ...(await objective.evaluate(held, loss, stop)) }) }),
  };
  core.running.fit = true;
  try {
    return await trainFor(where, trainable, training);
  } finally {
    core.running.fit = false;
  }
}

/** Takes a norm to clip at; `Infinity` clips nothing. */
function clippingNorm(where: string, name: string, value: unknown): number {
  return value === Infinity ? value : finiteNumber({ above: 0 })(where, name, value);
}

/** Takes a schedule, or `{ schedule, per }`; what is left out is the builder's. */
function teacherForcingOr(ofBuilder: TeacherForcing): OptionCheck<TeacherForcing> {
  return (where, name, value) =>
    typeof value === 'object'
      ? readOptions(`${where}: ${name}`, value as Partial<TeacherForcing>, {
          schedule: [callback, ofBuilder.schedule],
          per: [oneOf(FORCING_UNITS), ofBuilder.per],
        })
      : { ...ofBuilder, schedule: callback(where, name, value) as TeacherForcing['schedule'] };
}

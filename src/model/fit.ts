import { mismatch } from '../core/errors.js';
import { checkOptionNames, oneOf, wholeNumber } from '../core/options.js';
import { createRandom } from '../core/random.js';
import type { Batch } from '../contracts/batch.js';
import type { Trainable } from '../contracts/trainable.js';
import { batches } from '../data/batches.js';
import { collate } from '../data/collate.js';
import type { Example } from '../data/example.js';
import { planBatches } from '../data/planBatches.js';
import type { EpochRecord, History } from '../training/history.js';
import { crossEntropy, type Loss } from '../training/losses/crossEntropy.js';
import { adam } from '../training/optimizers/adam.js';
import type { Optimizer } from '../training/optimizers/optimizer.js';
import { decideForcing, type ForcingUnit } from '../training/teacherForcing/decideForcing.js';
import type { StepEvent } from '../training/trainOptions.js';
import { train } from '../training/trainer.js';
import { sideOptions, type Pair } from './encodeInput.js';
import { encodePairs } from './encodePairs.js';
import { evaluate } from './evaluate.js';
import { batchLoss, checkAlive, countTokens, type ModelCore } from './modelCore.js';

/** Options of `fit`. */
export interface FitOptions {
  /** How often the data is gone through, from 1. Default 10. */
  readonly epochs?: number;
  /** Pairs in a batch, from 1. Default 64; not together with `maxTokens`. */
  readonly batchSize?: number;
  /** Instead of `batchSize`: the most tokens of a batch, padding counted, on the longer side. */
  readonly maxTokens?: number;
  /** Whether pairs of similar length share a batch. Default true. */
  readonly bucketByLength?: boolean;
  /** Default `adam()`: learning rate 0.001. */
  readonly optimizer?: Optimizer;
  /** Global gradient norm above which gradients are scaled down (Pascanu et al. 2013). Default 1; `Infinity` turns it off. */
  readonly clipNorm?: number;
  /** Default `crossEntropy()`. */
  readonly loss?: Loss;
  /** How often the decoder is fed the reference: the step's number to a ratio in [0, 1]. Default: the builder's. */
  readonly teacherForcing?: (step: number) => number;
  /** What the ratio decides about: a whole batch, each step or each token. Default: the builder's. */
  readonly forcingUnit?: ForcingUnit;
  /** Pairs that are evaluated after every epoch; the results stand in the history. */
  readonly validation?: Iterable<Pair>;
  /** Seeds the order of the batches and the teacher forcing; a whole number from 0. Default 0. */
  readonly seed?: number;
  /** Stops between two steps; what was learnt stays. */
  readonly signal?: AbortSignal;
  /** Called, and awaited, after every update. */
  readonly onStep?: (event: StepEvent) => void | Promise<void>;
  /** Called, and awaited, after every epoch. */
  readonly onEpoch?: (record: EpochRecord) => void | Promise<void>;
}

const OPTIONS: readonly string[] = [
  'epochs',
  'batchSize',
  'maxTokens',
  'bucketByLength',
  'optimizer',
  'clipNorm',
  'loss',
  'teacherForcing',
  'forcingUnit',
  'validation',
  'seed',
  'signal',
  'onStep',
  'onEpoch',
];

/** Trains a model on pairs; see `Seq2SeqModel.fit`. */
export async function fit(
  core: ModelCore,
  pairs: Iterable<Pair>,
  options: FitOptions = {},
): Promise<History> {
  const where = 'fit';
  checkAlive(where, core);
  checkOptionNames(where, options, OPTIONS);
  const { teacherForcing } = core.parts;
  const { batchSize, maxTokens, bucketByLength = true, clipNorm = 1, loss = crossEntropy() } = options;
  const { epochs = 10, seed = 0, optimizer = adam(), validation, signal, onStep, onEpoch } = options;
  const schedule = options.teacherForcing ?? teacherForcing.schedule;
  const per = oneOf(where, 'forcingUnit', options.forcingUnit ?? teacherForcing.per, [
    'batch',
    'step',
    'token',
  ]);
  if (batchSize !== undefined && maxTokens !== undefined) {
    throw mismatch('invalid-option', { where, expected: 'batchSize or maxTokens', received: 'both' });
  }
  const examples = encodePairs(where, core.parts, pairs);
  const held = validation === undefined ? null : [...validation];
  if (held !== null) encodePairs(`${where}: validation`, core.parts, held);
  const order = createRandom(wholeNumber(where, 'seed', seed, 0));
  const forcingRandom = order.fork();
  const size = maxTokens === undefined ? { batchSize: batchSize ?? 64 } : { maxTokens };
  const plan = { ...size, bucketByLength };

  const trainable: Trainable<Batch> = {
    parameters: () => core.blocks.parameters(),
    tokens: countTokens,
    loss(batch, { step, training }) {
      const [rows, time] = batch.targetMask.shape;
      const forcing = decideForcing({ ratio: schedule(step), per, batch: rows, time, random: forcingRandom });
      return batchLoss(core, batch, forcing, loss, { training });
    },
  };
  return train(trainable, {
    batches: () => collated(examples, { ...plan, seed: order.integer(0x1_0000_0000) }, core),
    stepsPerEpoch: planBatches(examples.map(lengths), { ...plan, shuffle: false }).length,
    epochs,
    optimizer,
    ...(clipNorm === Infinity ? {} : { clipNorm }),
    ...(held === null ? {} : { validate: async () => ({ ...(await evaluate(core, held)) }) }),
    ...(signal === undefined ? {} : { signal }),
    ...(onStep === undefined ? {} : { onStep }),
    ...(onEpoch === undefined ? {} : { onEpoch }),
  });
}

function* collated(
  examples: readonly Example[],
  plan: Parameters<typeof batches>[1],
  { parts }: ModelCore,
): Iterable<Batch> {
  const sides = { source: sideOptions(parts.source), target: sideOptions(parts.target) };
  for (const group of batches(examples, plan)) yield collate(group, sides);
}

function lengths({ source, target }: Example): { source: number; target: number } {
  return { source: source.length, target: target.length };
}

import type { EpochRecord } from './history.js';
import type { Optimizer } from './optimizers/optimizer.js';

/** A batch that the trainer may free. */
export interface Disposable {
  /** Frees its tensors. */
  dispose(): void;
}

/** What `onStep` gets after each update. */
export interface StepEvent {
  /** From 1. */
  readonly epoch: number;
  /** How many there will be. */
  readonly epochs: number;
  /** From 1, within the epoch. */
  readonly step: number;
  /** Steps of an epoch; `null` in the first one unless `stepsPerEpoch` told. */
  readonly of: number | null;
  /** Mean loss a token of this batch, before the update. */
  readonly loss: number;
  /** Real target tokens of this batch. */
  readonly tokens: number;
  /** Of this epoch so far. */
  readonly tokensPerSecond: number;
  /** Of this update. */
  readonly learningRate: number;
  /** Global norm of the gradients, before clipping. */
  readonly gradientNorm: number;
  /** Until the last epoch ends, without validation; `null` while `of` is. */
  readonly secondsLeft: number | null;
}

/** Options of `train`. */
export interface TrainOptions<B extends Disposable> {
  /** The batches of an epoch (from 1). Each is used once, then freed by the trainer. */
  readonly batches: (epoch: number) => Iterable<B> | AsyncIterable<B>;
  /** How often the data is gone through, at least 1. */
  readonly epochs: number;
  /** Default `adam()`. */
  readonly optimizer?: Optimizer;
  /** The longest global gradient norm, above 0; longer gradients are shortened to it. Default: no limit. */
  readonly clipNorm?: number;
  /** How many batches an epoch has, where known; only progress events need it. */
  readonly stepsPerEpoch?: number;
  /** Stops training between two steps. */
  readonly signal?: AbortSignal;
  /** Called, and awaited, after every update. */
  readonly onStep?: (event: StepEvent) => void | Promise<void>;
  /** Called, and awaited, after every epoch and its validation. */
  readonly onEpoch?: (record: EpochRecord) => void | Promise<void>;
  /** Runs after each epoch (from 1); what it returns goes into the epoch's record. */
  readonly validate?: (epoch: number) => Promise<Record<string, number>> | Record<string, number>;
}

import type { Scalar } from '@tensorflow/tfjs-core';
import type { NamedVariables } from '../core/parameters.js';

/** What the trainer needs of a model: its variables and a loss. Anything with these two can be trained. */
export interface Trainable<B> {
  /** What training may change, by name. */
  parameters(): NamedVariables;
  /**
   * The mean loss over the real tokens of `batch`, differentiable.
   *
   * @param options `training` turns dropout on; `step` counts the updates so far
   */
  loss(batch: B, options: LossOptions): Scalar;
  /** How many real target tokens `batch` has: the weight of its loss in an epoch's mean. */
  tokens(batch: B): number;
}

/** What {@link Trainable.loss} is told. */
export interface LossOptions {
  /** Whether dropout is on. */
  readonly training: boolean;
  /** Updates done so far, from 0. */
  readonly step: number;
}

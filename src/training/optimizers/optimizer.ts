import { zerosLike, type Scalar } from '@tensorflow/tfjs-core';
import type { NamedVariables } from '../../core/parameters.js';
import type { NamedTensors } from '../computeGradients.js';

/** A rule that turns gradients into new weights. It holds no state: state comes in and goes back out. */
export interface Optimizer {
  /** For messages, such as `adam`. */
  readonly name: string;
  /** The learning rate of the update after `step` others. */
  learningRate(step: number): number;
  /** A fresh state, which the caller owns. */
  init(parameters: NamedVariables): OptimizerState;
  /**
   * Changes the parameters and returns the next state. It frees the tensors of `state`, or uses them again.
   * Parameters without a gradient stay as they are.
   */
  update(
    parameters: NamedVariables,
    gradients: NamedTensors,
    state: OptimizerState,
    options?: UpdateOptions,
  ): OptimizerState;
}

/** Options of {@link Optimizer.update}. */
export interface UpdateOptions {
  /** A factor for every gradient, such as `clipScale(norm, 1)`. Default: none. */
  readonly scale?: Scalar;
}

/** All that an optimizer remembers between two updates: plain data around tensors, fit for saving. */
export interface OptimizerState {
  /** Updates done so far. */
  readonly step: number;
  /**
   * Tensors like the parameters, by what they are and by the parameter's name, such as
   * `slots.m['encoder.embedding.weight']`.
   */
  readonly slots: { readonly [slot: string]: NamedTensors };
}

/** A slot of a fresh state: zeros like each parameter. */
export function zeroSlot(parameters: NamedVariables): NamedTensors {
  const zeros = Object.entries(parameters).map(([name, parameter]) => [name, zerosLike(parameter)] as const);
  return Object.fromEntries(zeros);
}

/** A learning rate, or one for each step from 0. */
export type LearningRate = number | ((step: number) => number);

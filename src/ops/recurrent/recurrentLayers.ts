import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import type { LayerState } from '../../contracts/context.js';
import { linear } from '../linear.js';
import type { RealTokens } from '../realTokens.js';
import type { RecurrentCell } from './cells.js';
import { recurrentSequence } from './recurrentSequence.js';
import { runRecurrentLayers } from '../runRecurrentLayers.js';

/** All weights of one layer and direction, in PyTorch's layout. */
export interface RecurrentLayerWeights {
  /** `weight_ih`, `[gates * units, inputSize]`. */
  readonly inputWeight: Tensor2D;
  /** `bias_ih`, `[gates * units]`. */
  readonly inputBias: Tensor1D;
  /** `weight_hh`, `[gates * units, units]`. */
  readonly weight: Tensor2D;
  /** `bias_hh`, `[gates * units]`. */
  readonly bias: Tensor1D;
}

/** A stack: first the layer, then the direction (forward, then backward if there is one). */
export type RecurrentStack = readonly (readonly RecurrentLayerWeights[])[];

/** What `recurrentLayers` reads. */
export interface RecurrentLayersInputs {
  /**
   * Projects the input of the first layer onto the gates of one of its directions: `[batch, time, gates * units]`, or with
   * `tokens` of the real ones alone, `[tokens, gates * units]`.
   */
  readonly project: (weights: RecurrentLayerWeights) => Tensor3D | Tensor2D;
  /**
   * The real tokens of the batch, if the lengths are known on the CPU: no layer then projects padding, which must be at
   * the end of each row.
   */
  readonly tokens?: RealTokens | undefined;
  /** `[batch, time]` float32, 1 = real. */
  readonly mask: Tensor2D;
  /** The state before the first step, a layer each; zeros if absent. */
  readonly initial?: readonly LayerState[] | null;
  /** What happens to the output of a layer before the next one reads it: dropout. */
  readonly between?: (output: Tensor3D, layer: number) => Tensor3D;
}

/** What `recurrentLayers` returns; the caller owns every tensor. */
export interface RecurrentLayersResult {
  /** Of the last layer, `[batch, time, directions * units]`. */
  readonly output: Tensor3D;
  /** The final state of each layer. */
  readonly states: readonly LayerState[];
}

/**
 * A stack of recurrent layers over a whole sequence; each layer reads the concatenated directions of the one below.
 *
 * @example
 * ```ts
 * import { ones, zeros, type Tensor1D, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
 * import { linear, recurrentLayers, type RecurrentLayerWeights } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const weightsOf = (inputs: number): RecurrentLayerWeights => ({
 *   inputWeight: ones([4 * 3, inputs]) as Tensor2D,
 *   inputBias: zeros([4 * 3]) as Tensor1D,
 *   weight: zeros([4 * 3, 3]) as Tensor2D,
 *   bias: zeros([4 * 3]) as Tensor1D,
 * });
 * const x = ones([2, 5, 7]) as Tensor3D;
 * const { output, states } = recurrentLayers([[weightsOf(7), weightsOf(7)], [weightsOf(6), weightsOf(6)]], 'lstm', {
 *   project: ({ inputWeight, inputBias }) => linear(x, inputWeight, inputBias),
 *   mask: ones([2, 5]) as Tensor2D,
 * });
 * console.log(output.shape, states.length); // [2, 5, 6] 2
 * ```
 */
export function recurrentLayers(
  stack: RecurrentStack,
  cell: RecurrentCell,
  inputs: RecurrentLayersInputs,
): RecurrentLayersResult {
  return runRecurrentLayers(stack, cell, inputs, { linear, sequence: recurrentSequence });
}

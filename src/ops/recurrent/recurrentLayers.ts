import { concat, split, zeros, type Tensor1D, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { LayerState } from '../../contracts/context.js';
import { linear } from '../linear.js';
import { gatherTokens, type RealTokens } from '../realTokens.js';
import type { RecurrentCell } from './cells.js';
import { cellDefinition } from './checkInputs.js';
import type { RecurrentSequenceInputs, RecurrentSequenceResult } from './operation.js';
import { recurrentSequence } from './recurrentSequence.js';

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
   * Projects the input of the first layer onto the gates of one of its directions:
   * `[batch, time, gates * units]`, or with `tokens` of the real ones alone, `[tokens, gates * units]`.
   */
  readonly project: (weights: RecurrentLayerWeights) => Tensor3D | Tensor2D;
  /**
   * The real tokens of the batch, if the lengths are known on the CPU: no layer then projects padding, which
   * must be at the end of each row.
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
 * A stack of recurrent layers over a whole sequence. Each layer reads the directions of the one below, side
 * by side.
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
 * const stack = [[weightsOf(7), weightsOf(7)], [weightsOf(6), weightsOf(6)]]; // two layers, both ways
 * const { output, states } = recurrentLayers(stack, 'lstm', {
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
  return runRecurrentLayers(stack, cell, inputs, ORDINARY_RUN);
}

/** How the parts of a stack are computed: forward and backward, or in one of these alone. */
export interface RecurrentRun {
  /** What projects the output of a layer onto the gates of the next. */
  readonly linear: typeof linear;
  /** What runs one direction of a layer. */
  sequence(
    inputs: RecurrentSequenceInputs,
    options: { cell: RecurrentCell; reverse: boolean },
    layer: number,
  ): RecurrentSequenceResult;
}

/** Forward, and backward where a gradient is recorded. */
export const ORDINARY_RUN: RecurrentRun = { linear, sequence: recurrentSequence };

/** {@link recurrentLayers}, for any way to compute the parts. */
export function runRecurrentLayers(
  stack: RecurrentStack,
  cell: RecurrentCell,
  { project, tokens, mask, initial, between }: RecurrentLayersInputs,
  run: RecurrentRun,
): RecurrentLayersResult {
  const { hasCellState } = cellDefinition('recurrentLayers', cell);
  const states: LayerState[] = [];
  let output: Tensor3D | undefined;
  stack.forEach((directions, layer) => {
    const whole = output === undefined ? undefined : (between?.(output, layer - 1) ?? output);
    const below = whole && tokens ? gatherTokens<Tensor2D>(whole, tokens) : whole;
    const starts = directionStates(initial?.[layer], directions, mask.shape[0], hasCellState);
    const results = directions.map((weights, direction) =>
      run.sequence(
        {
          projected:
            below === undefined
              ? project(weights)
              : run.linear<Tensor2D | Tensor3D>(below, weights.inputWeight, weights.inputBias),
          tokens,
          mask,
          initial: starts[direction] as LayerState,
          weight: weights.weight,
          bias: weights.bias,
        },
        { cell, reverse: direction === 1 },
        layer,
      ),
    );
    const outputs = results.map((result) => result.output);
    const hs = results.map(({ state }) => state.h);
    const cs = results.flatMap(({ state }) => state.c ?? []);
    output = join(outputs, 2);
    states.push({ h: join(hs, 1), ...(hasCellState && { c: join(cs, 1) }) });
  });
  return { output: output as Tensor3D, states };
}

function join<T extends Tensor2D | Tensor3D>(parts: T[], axis: number): T {
  return parts.length === 1 ? (parts[0] as T) : (concat(parts, axis) as T);
}

function directionStates(
  state: LayerState | undefined,
  directions: readonly RecurrentLayerWeights[],
  batch: number,
  hasCellState: boolean,
): LayerState[] {
  const units = (directions[0] as RecurrentLayerWeights).weight.shape[1];
  if (state === undefined) {
    const zero: Tensor2D = zeros([batch, units]);
    return directions.map(() => (hasCellState ? { h: zero, c: zero } : { h: zero }));
  }
  if (directions.length === 1) return [state];
  const hs = split<Tensor2D>(state.h, directions.length, 1);
  const cs = state.c === undefined ? undefined : split<Tensor2D>(state.c, directions.length, 1);
  return hs.map((h, direction) => (cs === undefined ? { h } : { h, c: cs[direction] as Tensor2D }));
}

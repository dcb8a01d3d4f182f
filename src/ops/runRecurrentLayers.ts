import { concat, split, zeros, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
import type { LayerState } from '../contracts/context.js';
import type { linear } from './linear.js';
import { gatherTokens } from './realTokens.js';
import type { RecurrentCell } from './recurrent/cells.js';
import type {
  RecurrentLayersInputs,
  RecurrentLayersResult,
  RecurrentLayerWeights,
  RecurrentStack,
} from './recurrent/recurrentLayers.js';
import type { RecurrentSequenceInputs, RecurrentSequenceResult } from './recurrent/recurrentSequence.js';

/** How the parts of a stack are computed. */
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

/** `recurrentLayers`, for any way to compute the parts. */
export function runRecurrentLayers(
  stack: RecurrentStack,
  cell: RecurrentCell,
  { project, tokens, mask, initial, between }: RecurrentLayersInputs,
  run: RecurrentRun,
): RecurrentLayersResult {
  const states: LayerState[] = [];
  let output: Tensor3D | undefined;
  stack.forEach((directions, layer) => {
    const whole = output === undefined ? undefined : (between?.(output, layer - 1) ?? output);
    const below = whole && tokens ? gatherTokens<Tensor2D>(whole, tokens) : whole;
    const starts = directionStates(initial?.[layer], directions, mask.shape[0], cell);
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
    output = join(
      results.map((result) => result.output),
      2,
    );
    const h = join(
      results.map((result) => result.state.h),
      1,
    );
    const cells = results.flatMap(({ state }) => (state.c === undefined ? [] : [state.c]));
    states.push(cells.length > 0 ? { h, c: join(cells, 1) } : { h });
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
  cell: RecurrentCell,
): LayerState[] {
  const units = (directions[0] as RecurrentLayerWeights).weight.shape[1];
  if (state === undefined) {
    const zero: Tensor2D = zeros([batch, units]);
    return directions.map(() => (cell === 'lstm' ? { h: zero, c: zero } : { h: zero }));
  }
  if (directions.length === 1) return [state];
  const hs = split<Tensor2D>(state.h, directions.length, 1);
  const cs = state.c === undefined ? undefined : split<Tensor2D>(state.c, directions.length, 1);
  return hs.map((h, direction) => (cs === undefined ? { h } : { h, c: cs[direction] as Tensor2D }));
}

import {
  customGrad,
  reshape,
  slice,
  tensor1d,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/engine.js';
import { RECURRENT, RECURRENT_GRADIENT } from './kernels.js';
import type { RecurrentCell } from './cells.js';
import type { RecurrentSequenceInputs, RecurrentSequenceResult } from './recurrentSequence.js';

/** What the kernels of a recurrent layer read, by their names. */
export interface RecurrentOperands {
  /** `x`, `h0`, `c0` (LSTM), `weight`, `bias`: in the order in which the gradient kernel returns their gradients. */
  readonly variable: Readonly<Record<string, Tensor>>;
  /** What no gradient flows to: the mask, and how tokens are packed. */
  readonly constant: Readonly<Record<string, Tensor>>;
}

export function recurrentOperands(inputs: RecurrentSequenceInputs): RecurrentOperands {
  const { projected, tokens, mask, initial, weight, bias } = inputs;
  const [batch, time] = mask.shape;
  const x = tokens?.positions === null ? reshape(projected, [batch, time, -1]) : projected;
  return {
    variable: { x, h0: initial.h, ...(initial.c && { c0: initial.c }), weight, bias },
    constant: { mask, ...(tokens?.positions && packing(tokens.positions, batch * time)) },
  };
}

function packing(positions: Int32Array, total: number): Record<'positions' | 'places', Tensor1D> {
  const places = new Int32Array(total);
  positions.forEach((position, token) => (places[position] = token));
  return { positions: tensor1d(positions, 'int32'), places: tensor1d(places, 'int32') };
}

/** Runs the forward kernel; see `RECURRENT` for its outputs. */
export function runRecurrence(
  { variable, constant }: RecurrentOperands,
  attributes: { cell: RecurrentCell; reverse: boolean; training: boolean },
): Tensor[] {
  return runKernel(RECURRENT, { ...variable, ...constant }, attributes);
}

/**
 * The layer as one node of the gradient tape.
 *
 * @param forward returns bundle, states and gates, as {@link runRecurrence} does when training
 */
export function differentiableRecurrence(
  { variable, constant }: RecurrentOperands,
  attributes: { cell: RecurrentCell; reverse: boolean },
  forward: () => Tensor[],
): RecurrentSequenceResult {
  const { x, ...others } = variable as { x: Tensor; [name: string]: Tensor };
  const kept = { ...others, ...constant };
  const layer = customGrad((...all: unknown[]) => {
    const save = all.at(-1) as (tensors: Tensor[]) => void;
    const [bundle, ...rest] = forward();
    save([...rest, ...Object.values(kept)]);
    return {
      value: bundle as Tensor,
      gradFunc: (dy: Tensor, [states, gates, ...saved]: Tensor[]) => {
        const same = Object.fromEntries(Object.keys(kept).map((name, i) => [name, saved[i]]));
        const inputs = { dy, states, gates, ...same } as Record<string, Tensor>;
        return runKernel<Tensor[]>(RECURRENT_GRADIENT, inputs, attributes);
      },
    };
  });
  const bundle = layer(x, ...Object.values(others)) as Tensor3D;
  return unbundled(bundle, constant['mask'] as Tensor2D);
}

/** The outputs and the final state that a bundle of `RECURRENT` holds, one row after the other. */
export function unbundled(bundle: Tensor3D, { shape: [batch, time] }: Tensor2D): RecurrentSequenceResult {
  const [, length, units] = bundle.shape as [number, number, number];
  const row = (position: number): Tensor2D =>
    reshape(slice(bundle, [0, position, 0], [batch, 1, units]), [batch, units]);
  const output: Tensor3D = slice(bundle, [0, 0, 0], [batch, time, units]);
  const h = row(time);
  return { output, state: length === time + 2 ? { h, c: row(time + 1) } : { h } };
}

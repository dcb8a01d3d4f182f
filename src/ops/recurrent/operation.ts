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
import type { LayerState } from '../../contracts/context.js';
import { runKernel } from '../../core/engine.js';
import type { RealTokens } from '../realTokens.js';
import type { RecurrentCell } from './cells.js';
import { recurrentKernels } from './kernels.js';

/** What `recurrentSequence` reads. */
export interface RecurrentSequenceInputs {
  /**
   * The projected inputs, `x W_ihᵀ + b_ih`, `[batch, time, gates * units]`, or of the real tokens alone,
   * `[tokens, gates * units]`; gate order r, z, n or i, f, g, o.
   */
  readonly projected: Tensor3D | Tensor2D;
  /**
   * Which tokens `projected` holds where it holds the real ones alone: those where the mask is 1. Refused
   * where they are not; on a GPU, where looking at the mask would wait, such outputs mean nothing.
   */
  readonly tokens?: RealTokens | undefined;
  /** `[batch, time]` float32, 1 = real. At padding the state is carried on and the output is 0. */
  readonly mask: Tensor2D;
  /** The state before the first step. */
  readonly initial: LayerState;
  /** `weight_hh`, `[gates * units, units]`. */
  readonly weight: Tensor2D;
  /** `bias_hh`, `[gates * units]`. */
  readonly bias: Tensor1D;
}

/** What `recurrentSequence` returns. */
export interface RecurrentSequenceResult {
  /** `[batch, time, units]`, 0 at padding. */
  readonly output: Tensor3D;
  /** The state after the last real step (`reverse`: after the first). */
  readonly state: LayerState;
}

/** What the kernels of a recurrent layer read, by their names. */
export interface RecurrentOperands {
  /** `x`, `h0`, `c0` if there is one, `weight`, `bias`: in the order of the gradient kernel's outputs. */
  readonly variable: Readonly<Record<string, Tensor>>;
  /** What no gradient flows to: the mask, and where the tokens stand. */
  readonly constant: Readonly<Record<string, Tensor>>;
}

/** Names what the kernels read. Where every position is real, tokens are a whole sequence already. */
export function recurrentOperands(inputs: RecurrentSequenceInputs): RecurrentOperands {
  const { projected, tokens, mask, initial, weight, bias } = inputs;
  const [batch, time] = mask.shape;
  const x = tokens?.positions === null ? reshape(projected, [batch, time, -1]) : projected;
  return {
    variable: { x, h0: initial.h, ...(initial.c && { c0: initial.c }), weight, bias },
    constant: { mask, ...(tokens?.positions && tokenPlaces(tokens.positions, batch * time)) },
  };
}

/** Where each token stands among all positions, and the other way round. */
function tokenPlaces(positions: Int32Array, total: number): Record<'positions' | 'places', Tensor1D> {
  const places = new Int32Array(total);
  positions.forEach((position, token) => (places[position] = token));
  return { positions: tensor1d(positions, 'int32'), places: tensor1d(places, 'int32') };
}

/** Runs the forward kernel; `RecurrentKernels` lists its outputs. */
export function runRecurrence(
  { variable, constant }: RecurrentOperands,
  { cell, ...attributes }: { cell: RecurrentCell; reverse: boolean; training: boolean },
): Tensor[] {
  return runKernel(recurrentKernels(cell).forward, { ...variable, ...constant }, attributes);
}

/**
 * The layer as one node of the gradient tape.
 *
 * @param forward returns bundle, states and gates, as {@link runRecurrence} does when training
 */
export function differentiableRecurrence(
  { variable, constant }: RecurrentOperands,
  { cell, reverse }: { cell: RecurrentCell; reverse: boolean },
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
        return runKernel<Tensor[]>(recurrentKernels(cell).gradient, inputs, { reverse });
      },
    };
  });
  const bundle = layer(x, ...Object.values(others)) as Tensor3D;
  return unbundled(bundle, constant['mask'] as Tensor2D);
}

/** The outputs and the final state that a bundle of the forward kernel holds, one row after the other. */
export function unbundled(bundle: Tensor3D, { shape: [batch, time] }: Tensor2D): RecurrentSequenceResult {
  const [, length, units] = bundle.shape as [number, number, number];
  const row = (position: number): Tensor2D =>
    reshape(slice(bundle, [0, position, 0], [batch, 1, units]), [batch, units]);
  const output: Tensor3D = slice(bundle, [0, 0, 0], [batch, time, units]);
  const h = row(time);
  return { output, state: length === time + 2 ? { h, c: row(time + 1) } : { h } };
}

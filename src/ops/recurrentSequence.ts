import {
  customGrad,
  reshape,
  slice,
  tensor1d,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { tidyTensors } from '../core/containers.js';
import { recordingGradients, runKernel } from '../core/engine.js';
import type { LayerState } from '../contracts/context.js';
import { checkRecurrentInputs } from './checkRecurrentInputs.js';
import type { RealTokens } from './realTokens.js';
import { RECURRENT, RECURRENT_GRADIENT } from './recurrentKernels.js';
import type { RecurrentCell } from './recurrentCells.js';

/** What {@link recurrentSequence} reads. */
export interface RecurrentSequenceInputs {
  /**
   * The projected inputs, `x W_ihᵀ + b_ih`, `[batch, time, gates * units]`, or of the real tokens alone, `[tokens, gates * units]`;
   * gate order r, z, n or i, f, g, o.
   */
  readonly projected: Tensor3D | Tensor2D;
  /**
   * Which tokens `projected` holds where it holds the real ones alone: those where the mask is 1. Refused where they are not; on
   * a GPU, where looking at the mask would wait, such outputs mean nothing.
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

/** What {@link recurrentSequence} returns. */
export interface RecurrentSequenceResult {
  /** `[batch, time, units]`, 0 at padding. */
  readonly output: Tensor3D;
  /** The state after the last real step (`reverse`: after the first). */
  readonly state: LayerState;
}

/**
 * A recurrent layer over a whole sequence as one differentiable operation, with PyTorch's gates:
 * plain `h' = act(x + U h + b)`; GRU `h' = (1 - z) n + z h`, `n = tanh(x_n + r (U_n h + b_n))`; LSTM `c' = f c + i g`,
 * `h' = o tanh(c')`. The caller owns the result.
 *
 * @param inputs see {@link RecurrentSequenceInputs}
 * @param options `reverse` runs from the last step to the first (default false)
 * @throws `invalid-shape` where shapes disagree or a tensor is not float32, `invalid-input` where `tokens` are not those of the mask
 *
 * @example
 * ```ts
 * import { ones, zeros, type Tensor1D, type Tensor2D, type Tensor3D } from '@tensorflow/tfjs-core';
 * import { recurrentSequence } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * await useBackend('cpu');
 * const [batch, time, units] = [2, 5, 3];
 * const { output, state } = recurrentSequence(
 *   {
 *     projected: ones([batch, time, 3 * units]) as Tensor3D,
 *     mask: ones([batch, time]) as Tensor2D,
 *     initial: { h: zeros([batch, units]) as Tensor2D },
 *     weight: zeros([3 * units, units]) as Tensor2D,
 *     bias: zeros([3 * units]) as Tensor1D,
 *   },
 *   { cell: 'gru' },
 * );
 * console.log(output.shape, state.h.shape); // [2, 5, 3] [2, 3]
 * ```
 */
export function recurrentSequence(
  inputs: RecurrentSequenceInputs,
  { cell, reverse = false }: { cell: RecurrentCell; reverse?: boolean },
): RecurrentSequenceResult {
  checkRecurrentInputs('recurrentSequence', cell, inputs);
  const { projected, tokens, mask, initial, weight, bias } = inputs;
  const training = recordingGradients();
  const [batch, time] = mask.shape;
  const units = weight.shape[1];
  const states: Tensor2D[] = initial.c === undefined ? [initial.h] : [initial.h, initial.c];

  return tidyTensors(() => {
    const x = tokens?.positions === null ? reshape(projected, [batch, time, -1]) : projected;
    const constants = { mask, ...(tokens?.positions && packing(tokens.positions, batch * time)) };
    if (!training) {
      const inputs = { ...named([x, ...states, weight, bias]), ...constants };
      const [output, h, c] = runKernel<Tensor[]>(RECURRENT, inputs, { cell, reverse, training });
      return { output: output as Tensor3D, state: { h: h as Tensor2D, ...(c && { c: c as Tensor2D }) } };
    }
    const sequence = customGrad((...all: unknown[]) => {
      const save = all.pop() as (tensors: Tensor[]) => void;
      const inputs = { ...named(all as Tensor[]), ...constants };
      const [bundle, ...kept] = runKernel<Tensor[]>(RECURRENT, inputs, { cell, reverse, training });
      const others = (all as Tensor[]).slice(1);
      save([...kept, ...others, ...Object.values(constants)]);
      return {
        value: bundle as Tensor,
        gradFunc: (dy: Tensor, saved: Tensor[]) => {
          const [states, gates, ...rest] = saved as [Tensor, Tensor, ...Tensor[]];
          const { x: _, ...recurrent } = named([dy, ...rest.slice(0, others.length)]);
          const names = Object.keys(constants);
          const same = Object.fromEntries(names.map((name, i) => [name, rest[others.length + i] as Tensor]));
          const inputs = { ...recurrent, ...same, dy, states, gates };
          return runKernel<Tensor[]>(RECURRENT_GRADIENT, inputs, { cell, reverse });
        },
      };
    });
    const bundle = sequence(x, ...states, weight, bias) as Tensor3D;
    const row = (position: number): Tensor2D =>
      reshape(slice(bundle, [0, position, 0], [batch, 1, units]), [batch, units]);
    const output = slice(bundle, [0, 0, 0], [batch, time, units]);
    const h = row(time);
    return { output, state: initial.c === undefined ? { h } : { h, c: row(time + 1) } };
  });
}

/** What `RECURRENT` reads of how tokens are packed. */
function packing(positions: Int32Array, total: number): Record<'positions' | 'places', Tensor1D> {
  const places = new Int32Array(total);
  positions.forEach((position, token) => (places[position] = token));
  return { positions: tensor1d(positions, 'int32'), places: tensor1d(places, 'int32') };
}

function named(tensors: Tensor[]): Record<string, Tensor> {
  const [x, h0] = tensors as [Tensor, Tensor];
  const [weight, bias] = tensors.slice(-2) as [Tensor, Tensor];
  return tensors.length === 5 ? { x, h0, c0: tensors[2] as Tensor, weight, bias } : { x, h0, weight, bias };
}

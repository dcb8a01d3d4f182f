import type { Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core';
import { tidyTensors } from '../../core/containers.js';
import { recordingGradients } from '../../core/engine.js';
import type { RecurrentCell } from './cells.js';
import { checkRecurrentInputs } from './checkInputs.js';
import {
  differentiableRecurrence,
  recurrentOperands,
  runRecurrence,
  type RecurrentSequenceInputs,
  type RecurrentSequenceResult,
} from './operation.js';

/**
 * A recurrent layer over a whole sequence as one differentiable operation, with PyTorch's gates: plain
 * `h' = act(x + U h + b)`; GRU `h' = (1 - z) n + z h`, `n = tanh(x_n + r (U_n h + b_n))`; LSTM
 * `c' = f c + i g`, `h' = o tanh(c')`. The caller owns the result.
 *
 * @param inputs see {@link RecurrentSequenceInputs}
 * @param options `reverse` runs from the last step to the first (default false)
 * @throws `invalid-option` for an unknown cell; `invalid-shape` where shapes disagree or a tensor is not
 * float32; `invalid-input` where `tokens` are not those of the mask
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
  return tidyTensors(() => {
    const operands = recurrentOperands(inputs);
    if (recordingGradients()) {
      const forward = (): Tensor[] => runRecurrence(operands, { cell, reverse, training: true });
      return differentiableRecurrence(operands, { cell, reverse }, forward);
    }
    const [output, h, c] = runRecurrence(operands, { cell, reverse, training: false });
    return { output: output as Tensor3D, state: { h: h as Tensor2D, ...(c && { c: c as Tensor2D }) } };
  });
}

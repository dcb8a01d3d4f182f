import type { RecurrentCell } from '../ops/recurrent/cells.js';
import { RecurrentLayer, type RecurrentLayerArgs } from './recurrentLayer.js';

/**
 * A gated recurrent unit (Cho et al. 2014) as a tfjs-layers layer, with PyTorch's gates: r, z, n, with the
 * reset gate after the recurrent product and true sigmoids.
 *
 * One fused operation runs over the whole sequence, forward and backward. It is several times faster than
 * tfjs-layers' own layer, and its results match PyTorch's.
 *
 * Inputs: `x` `[batch, time, size]`; optionally `mask` `[batch, time]`, 1 = real (default: everything);
 * optionally, after a mask, the initial state, `h` `[batch, units]` (default: zeros). The mask carries the
 * state over padding and sets outputs there to 0. Masks of tfjs-layers are neither used nor passed on.
 *
 * Outputs: see `returnSequences` and `returnState`. The state is `h` `[batch, units]`, of the last real step.
 *
 * Weights: `weight_ih`, `weight_hh`, `bias_ih`, `bias_hh`, U(±1/√units).
 *
 * @throws `invalid-option`, `invalid-shape`, `invalid-input`
 * @example
 * ```ts
 * import { GRU } from 'tfjs-seq2seq/layers';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * import { ones, tensor2d, type Tensor } from '@tensorflow/tfjs-core';
 *
 * await useBackend('cpu');
 * const layer = new GRU({ units: 5, returnSequences: true });
 * const output = layer.apply([ones([1, 3, 4]), tensor2d([[1, 1, 0]])]) as Tensor;
 * console.log(output.shape); // [1, 3, 5]
 * ```
 */
export class GRU extends RecurrentLayer {
  /** Its name in a saved tfjs-layers model. */
  static get className(): string {
    return 'Seq2SeqGRU';
  }

  protected readonly cell: RecurrentCell = 'gru';

  constructor(args: RecurrentLayerArgs) {
    super('GRU', args, {});
  }
}

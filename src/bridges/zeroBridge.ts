import { zeros, type Tensor2D } from '@tensorflow/tfjs-core';
import { buildBlock } from '../core/parameters.js';
import type { Bridge, BridgeSpec, BridgeWiring } from '../contracts/bridge.js';
import type { Context, LayerState } from '../contracts/context.js';

/**
 * Starts the decoder from zeros. The source then reaches it through the summary (`input` or `readout`) or an
 * attention alone. Cho et al. (2014) feed the summary to every step.
 *
 * @example
 * ```ts
 * import { zeroBridge } from 'tfjs-seq2seq';
 *
 * console.log(zeroBridge().kind); // zeroBridge
 * ```
 */
export function zeroBridge(): BridgeSpec {
  return { role: 'bridge', kind: 'zeroBridge', config: {}, passesState: false, build };
}

function build(wiring: BridgeWiring): Bridge {
  const shape = wiring.decoder.stateShape;
  return buildBlock('zeroBridge', wiring, () => ({
    summarySize: wiring.encoder.summarySize,
    forward(context: Context): Context {
      if (shape === null) return { ...context, state: null };
      const zero = (): Tensor2D => zeros([context.summary.shape[0], shape.units]);
      const layer = (): LayerState => (shape.cell ? { h: zero(), c: zero() } : { h: zero() });
      return { ...context, state: Array.from({ length: shape.layers }, layer) };
    },
  }));
}

import { tanh, type Tensor2D } from '@tensorflow/tfjs-core';
import { tidyTensors } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import { boolean, oneOf, readOptions } from '../core/options.js';
import { buildBlock, uniformInitializer, type ParameterSet } from '../core/parameters.js';
import type { Unowned } from '../contracts/block.js';
import type { Bridge, BridgeSpec, BridgeWiring } from '../contracts/bridge.js';
import type { Context, LayerState } from '../contracts/context.js';
import { addLinear } from '../modules/linear.js';

/** Options of {@link linearBridge}. */
export interface LinearBridgeOptions {
  /** What follows the affine map. Default `'tanh'` (Bahdanau et al. 2015, A.2.2). */
  readonly activation?: 'linear' | 'tanh';
  /** Whether all layers, and `h` and `c`, share one map. Default false. */
  readonly shared?: boolean;
}

const WHERE = 'linearBridge';

/**
 * Maps what the encoder ends with onto what the decoder starts from, by `act(W s + b)` for every layer. So
 * cells, widths and depths may differ.
 *
 * Each decoder layer reads one encoder layer, counted from the top: the last reads the last. Where the
 * encoder has fewer layers, its first serves the rest. `c` reads the encoder's `c`, or its `h` where there is
 * none. An encoder without a recurrent state gives its summary to every layer. The new summary is the last
 * layer's `h`.
 *
 * Parameters: `fc.weight` and `fc.bias` when shared, else `h.0.weight`, `h.0.bias`, … and `c.0.weight`, ….
 *
 * @throws `incompatible-parts` from `build` if the decoder has no recurrent state
 * @example
 * ```ts
 * import { linearBridge } from 'tfjs-seq2seq';
 *
 * console.log(linearBridge({ activation: 'tanh' }).config); // { activation: 'tanh', shared: false }
 * ```
 */
export function linearBridge(options: LinearBridgeOptions = {}): BridgeSpec {
  const config = readOptions(WHERE, options, {
    activation: [oneOf(['linear', 'tanh']), 'tanh'],
    shared: [boolean, false],
  });
  return {
    role: 'bridge',
    kind: WHERE,
    config,
    build: (wiring) => buildBlock(WHERE, wiring, (parameters) => build(parameters, config, wiring)),
  };
}

type AffineMap = (source: Tensor2D) => Tensor2D;

function build(
  parameters: ParameterSet,
  { activation, shared }: Required<LinearBridgeOptions>,
  { encoder, decoder, random }: BridgeWiring,
): Unowned<Bridge> {
  const to = decoder.stateShape;
  if (to === null) {
    throw mismatch('incompatible-parts', {
      where: WHERE,
      expected: 'a decoder that starts from a recurrent state',
      received: decoder.kind,
      hint: `Leave the bridge out, or use passBridge().`,
    });
  }
  const from = encoder.stateShape;
  const size = from?.units ?? encoder.summarySize;
  const draw = uniformInitializer(random, 1 / Math.sqrt(size));
  const addMap = (name: string): AffineMap => {
    const map = addLinear(parameters, name, [to.units, size], draw);
    return activation === 'tanh' ? (source) => tanh(map(source)) : map;
  };
  const common = shared ? addMap('fc') : null;
  const maps = Array.from({ length: to.layers }, (_, layer) => ({
    h: common ?? addMap(`h.${layer}`),
    c: to.cell ? (common ?? addMap(`c.${layer}`)) : null,
  }));

  const forward = (context: Context): Context => {
    parameters.checkAlive();
    const state = tidyTensors(() =>
      maps.map((map, layer): LayerState => {
        const source = sourceOf(context, layer - to.layers);
        const h = map.h(source.h);
        return map.c === null ? { h } : { h, c: map.c(source.c ?? source.h) };
      }),
    );
    return { ...context, state, summary: (state[to.layers - 1] as LayerState).h };
  };
  return { summarySize: to.units, forward };
}

/** The encoder layer that lies as far from the top as the decoder layer does, or the lowest there is. */
function sourceOf({ state, summary }: Context, fromTop: number): LayerState {
  return state === null ? { h: summary } : (state[Math.max(0, state.length + fromTop)] as LayerState);
}

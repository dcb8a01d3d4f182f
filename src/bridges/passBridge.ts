import { mismatch } from '../core/errors.js';
import { buildBlock } from '../core/parameters.js';
import type { Bridge, BridgeSpec, BridgeWiring } from '../contracts/bridge.js';
import type { Context, StateShape } from '../contracts/context.js';

const WHERE = 'passBridge';

/**
 * Hands the encoder's final states to the decoder as they are: layer i to layer i (Sutskever et al. 2014).
 * Both must have the same number of layers, the same width and the same kind of cell; a bidirectional encoder
 * counts twice its units. It also fits where the decoder has no recurrent state to start from.
 *
 * @throws `incompatible-parts` from `build` where they differ
 * @example
 * ```ts
 * import { passBridge } from 'tfjs-seq2seq';
 *
 * console.log(passBridge().kind); // passBridge
 * ```
 */
export function passBridge(): BridgeSpec {
  return { role: 'bridge', kind: WHERE, config: {}, build };
}

function build(wiring: BridgeWiring): Bridge {
  const { encoder, decoder } = wiring;
  const [from, to] = [encoder.stateShape, decoder.stateShape];
  const fits =
    to === null ||
    (from !== null && from.layers === to.layers && from.units === to.units && from.cell === to.cell);
  if (!fits) {
    throw mismatch('incompatible-parts', {
      where: WHERE,
      expected: `${encoder.kind} to end with what ${decoder.kind} starts from, ${describeState(to)},`,
      received: describeState(from),
      hint: 'Use linearBridge() to map one onto the other, or zeroBridge() to start from zeros.',
    });
  }
  return buildBlock(WHERE, wiring, () => ({
    summarySize: encoder.summarySize,
    forward: (context: Context) => (to === null ? { ...context, state: null } : context),
  }));
}

/** A state's form in words, for messages. */
function describeState(shape: StateShape | null): string {
  if (shape === null) return 'no recurrent state';
  const { layers, units, cell } = shape;
  return `${layers} ${layers === 1 ? 'layer' : 'layers'} of ${units} units with ${cell ? 'h and c' : 'h alone'}`;
}

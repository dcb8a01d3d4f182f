import { mismatch } from '../core/errors.js';
import { createParameters } from '../core/parameters.js';
import type { BridgeSpec, BridgeWiring, Bridge } from '../contracts/bridge.js';
import { describeState } from './describeState.js';

/**
 * Hands the encoder's final states to the decoder as they are: layer i to layer i (Sutskever et al. 2014).
 * Fits where both have the same number of layers, width (a bidirectional encoder counts twice its units) and kind of cell,
 * and where the decoder has no recurrent state to start from.
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
  return { role: 'bridge', kind: 'passBridge', config: {}, build };
}

function build({ encoder, decoder }: BridgeWiring): Bridge {
  const [from, to] = [encoder.stateShape, decoder.stateShape];
  const fits =
    to === null ||
    (from !== null && from.layers === to.layers && from.units === to.units && from.cell === to.cell);
  if (!fits) {
    throw mismatch('incompatible-parts', {
      where: 'passBridge',
      expected: `${encoder.kind} to end with what ${decoder.kind} starts from, ${describeState(to)},`,
      received: describeState(from),
      hint: 'Use linearBridge() to map one onto the other, or zeroBridge() to start from zeros.',
    });
  }
  const parameters = createParameters('passBridge');
  return {
    summarySize: encoder.summarySize,
    forward: (context) => (to === null ? { ...context, state: null } : context),
    parameters: parameters.all,
    dispose: parameters.dispose,
  };
}

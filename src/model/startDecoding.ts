import { disposeTensors, tidyTensors } from '../core/containers.js';
import { mismatch } from '../core/errors.js';
import type { StepFunction } from '../contracts/stepFunction.js';
import type { SearchSetup } from '../contracts/strategy.js';
import { collateSource } from '../data/collateSource.js';
import type { Generator } from './generate.js';
import { encodeInput, sideOptions, type SequenceInput } from './encodeInput.js';
import { checkAlive, readSource, type ModelCore } from './modelCore.js';

/** A model that has read its sources: what any search over a step function needs. */
export interface StartedDecoding {
  /** The model, a token at a time: what `greedySearch`, `beamSearch` and `sampleSearch` take. */
  readonly step: StepFunction;
  /** The state before the first step; the search does not dispose of it. */
  readonly state: unknown;
  /** What a search must know: batch size, special ids, constants, source lengths. */
  readonly setup: SearchSetup & { readonly constants: unknown; readonly sourceLengths: Int32Array };
  /** Frees the state and the constants. */
  dispose(): void;
}

/**
 * Encodes sources, once, for a search.
 *
 * @throws `invalid-input` for no sources or an empty one
 */
export function startDecoding(core: ModelCore, inputs: readonly SequenceInput[]): StartedDecoding {
  const where = 'startDecoding';
  checkAlive(where, core);
  if (inputs.length === 0)
    throw mismatch('invalid-input', { where, expected: 'at least one source', received: inputs });
  const { source: side, target } = core.parts;
  const rows = inputs.map((input, i) => encodeInput(`${where}: source ${i}`, side, input));
  const source = collateSource(rows, sideOptions(side));
  try {
    const { decoder } = core.blocks;
    const { state, constants } = tidyTensors(() =>
      decoder.start(readSource(core, source.source, source.sourceMask)),
    );
    const { sosId, eosId, padId } = target.vocab;
    return {
      step: (tokens, before, position, kept) => {
        checkAlive('step', core);
        return decoder.step(tokens, before, position, kept);
      },
      state,
      setup: {
        batchSize: inputs.length,
        sosId,
        eosId,
        bannedIds: [padId, sosId],
        constants,
        sourceLengths: source.sourceLengths,
      },
      dispose: () => disposeTensors([state, constants]),
    };
  } finally {
    source.dispose();
  }
}

/** A model as generation sees it. */
export function asGenerator(core: ModelCore): Generator {
  const { source, target } = core.parts;
  return { source, target, start: (inputs) => startDecoding(core, inputs) };
}

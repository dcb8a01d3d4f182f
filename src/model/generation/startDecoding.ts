import { encodeInputs, type EncodedInput, type SequenceInput } from '../input/encodeInput.js';
import { unreadable } from '../input/unreadable.js';
import { checkAlive, type ModelCore } from '../modelCore.js';
import { checkedStep, encodeSources, readInputs } from './encodeSources.js';
import type { StartedDecoding, TextGenerator } from './textGenerator.js';

/**
 * Encodes sources, once, for a search.
 *
 * @throws `invalid-input` for no sources, and one that is empty or too long for the encoder
 */
export function startDecoding(core: ModelCore, inputs: readonly SequenceInput[]): StartedDecoding {
  return startEncoded(core, readInputs('startDecoding', core, inputs));
}

/** A model as generation sees it. */
export function asGenerator(core: ModelCore): TextGenerator {
  const { source, target } = core.parts;
  return {
    source,
    target,
    encode(where, inputs) {
      checkAlive(where, core);
      return encodeInputs(where, source, inputs).map((encoded) => [encoded]);
    },
    unreadable: ([encoded]) => unreadable(core.parts, encoded),
    start: (sources) =>
      startEncoded(
        core,
        sources.map(([encoded]) => encoded),
      ),
  };
}

function startEncoded(core: ModelCore, sources: readonly EncodedInput[]): StartedDecoding {
  const { state, constants, sourceLengths, dispose } = encodeSources('startDecoding', core, sources);
  const { target, decoder } = core.parts;
  const { sosId, eosId, padId } = target.vocab;
  const { maxPositions } = decoder;
  const setup = { batchSize: sources.length, sosId, eosId, bannedIds: [padId, sosId], maxPositions };
  return { step: checkedStep(core), state, setup: { ...setup, constants, sourceLengths }, dispose };
}

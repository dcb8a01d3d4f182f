import type { StepFunction } from '../../contracts/stepFunction.js';
import type { SearchSetup } from '../../contracts/strategy.js';
import type { Generator } from './generateText.js';
import type { SequenceInput, SplitInput } from '../input/encodeInput.js';
import { checkedStep, encodeSources } from './encodeSources.js';
import { checkAlive, type ModelCore } from '../modelCore.js';
import { splitSources } from '../splitSources.js';

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
  const { state, constants, sourceLengths, dispose } = encodeSources('startDecoding', core, inputs);
  const { sosId, eosId, padId } = core.parts.target.vocab;
  return {
    step: checkedStep(core),
    state,
    setup: {
      batchSize: inputs.length,
      sosId,
      eosId,
      bannedIds: [padId, sosId],
      constants,
      sourceLengths,
    },
    dispose,
  };
}

/** A model as generation sees it. */
export function asGenerator(core: ModelCore): Generator {
  const { source, target } = core.parts;
  return {
    source,
    target,
    split(where, inputs) {
      checkAlive(where, core);
      return splitSources(where, source, inputs).map((form) => ({ forms: [form], length: form.length }));
    },
    start: (sources) =>
      startDecoding(
        core,
        sources.map(({ forms: [form] }) => form as SplitInput),
      ),
  };
}

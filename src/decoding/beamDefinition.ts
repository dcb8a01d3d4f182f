import type { GenerationOptions } from '../contracts/generationOptions.js';
import { mismatch } from '../core/errors.js';
import { oneOf, wholeNumber } from '../core/options.js';
import { advanceBeam } from './advanceBeam.js';
import type { SearchDefinition } from './search/searchDefinition.js';
import { selectBest } from './ops/topK.js';

/** The options of beam search: the shared ones, and these. */
export interface BeamOptions extends GenerationOptions {
  /** Hypotheses that live on at each step. Default 5. `nBest` can be at most this. */
  readonly width?: number;
  /**
   * When to stop. Default `'exact'`.
   *
   * - `'exact'`: once no live hypothesis can still get among the `nBest`; the same result as `'never'`. (With
   *   `processors` of your own, whose scores have no known bound, it is `'never'`.) A live hypothesis counts as able
   *   to end at the most lenient length with nothing more to pay: its score divided by the penalty of `maxLength`, where that rises
   *   with the length. So the larger `maxLength`, the later this stops, and far above real lengths it hardly ever does: take a
   *   `maxLength` that follows the source, or `'first'`.
   * - `'never'`: when no hypothesis lives, at `maxLength` at the latest
   * - `'first'`: after the step at which `width` hypotheses or more have ended; those that live are dropped
   */
  readonly earlyStopping?: 'exact' | 'never' | 'first';
  /**
   * What takes the place of a hypothesis that has ended. Default `'refill'`.
   *
   * - `'refill'`: the next best extension, so that `width` live on
   * - `'shrink'`: nothing: a hypothesis that ended keeps its place in the beam
   */
  readonly finished?: 'refill' | 'shrink';
}

const NO_DRAWING =
  'Beam search draws nothing; use sampling, or put scaleTemperature, keepTopK or keepTopP in processors.';

export const beamDefinition: SearchDefinition<BeamOptions> = {
  checks: {
    width: wholeNumber,
    earlyStopping: (where, name, value) => oneOf(where, name, value, ['exact', 'never', 'first']),
    finished: (where, name, value) => oneOf(where, name, value, ['refill', 'shrink']),
  },
  refused: { temperature: NO_DRAWING, topK: NO_DRAWING, topP: NO_DRAWING, seed: NO_DRAWING },
  check(where, { width = 5, nBest = 1 }) {
    if (nBest <= width) return;
    const expected = `nBest to be at most width, ${width}`;
    throw mismatch('invalid-option', { where, expected, received: nBest });
  },
  method(search, { width = 5, earlyStopping = 'exact', finished = 'refill', processors = [] }) {
    const stopping = earlyStopping === 'exact' && processors.length > 0 ? 'never' : earlyStopping;
    // A row can supply all that live on and, besides, its own end.
    const count = finished === 'refill' ? width + 1 : width;
    return {
      rowsPerSentence: 1,
      select: (scores) => selectBest(scores, count),
      advance: (work) => advanceBeam(search, { width, stopping, finished }, work),
    };
  },
};

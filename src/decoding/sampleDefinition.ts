import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { GenerationOptions } from '../contracts/generationOptions.js';
import { count, finiteNumber, wholeNumber } from '../core/options.js';
import { createRandom } from '../core/random.js';
import { advanceRow } from './search/extendSingle.js';
import { keepTopK } from './processors/keepTopK.js';
import { keepTopP } from './processors/keepTopP.js';
import { scaleTemperature } from './processors/scaleTemperature.js';
import type { SearchDefinition } from './search/searchDefinition.js';
import { selectSample } from './selectSample.js';

/** The options of sampling: the shared ones, and these. `nBest` is how many hypotheses a sentence are drawn. */
export interface SampleOptions extends GenerationOptions {
  /** Divides the scores before the softmax, above 0: below 1 sharpens, above 1 flattens. Default 1. */
  readonly temperature?: number;
  /** Draws only from this many most probable tokens. Default: from all. */
  readonly topK?: number;
  /** Draws only from the most probable tokens that reach this probability together, in (0, 1]. Default 1: from all. */
  readonly topP?: number;
  /**
   * A whole number. Default 0: the same call draws the same tokens until you change it. What a sentence draws depends on
   * the seed, the sentence and its place among the inputs, not on how many are worked on at once.
   */
  readonly seed?: number;
}

/** How many seeds there are. */
const WORDS = 2 ** 32;

const ONE_BY_ONE = 'Sampling follows each hypothesis alone; use beam search, or nBest to draw several.';

export const sampleDefinition: SearchDefinition<SampleOptions> = {
  checks: {
    temperature: (where, name, value) => finiteNumber(where, name, value, { above: 0 }),
    topK: wholeNumber,
    topP: (where, name, value) => finiteNumber(where, name, value, { above: 0, max: 1 }),
    seed: count,
  },
  refused: { width: ONE_BY_ONE, earlyStopping: ONE_BY_ONE, finished: ONE_BY_ONE },
  filters: ({ temperature = 1, topK, topP = 1 }) => [
    ...(temperature === 1 ? [] : [scaleTemperature(temperature)]),
    ...(topK === undefined ? [] : [keepTopK(topK)]),
    ...(topP === 1 ? [] : [keepTopP(topP)]),
  ],
  method(search, { nBest = 1, seed = 0 }) {
    // A generator a hypothesis, by seed, number of the sentence and place among its samples alone: what else is in the
    // batch, and in which order, changes nothing.
    const base = createRandom(seed).integer(WORDS);
    const generators = search.sentences.flatMap(({ number }) => {
      const own = createRandom((base + number) % WORDS);
      return Array.from({ length: nBest }, () => own.fork());
    });
    return {
      rowsPerSentence: nBest,
      select: (scores: Tensor2D, rows) =>
        selectSample(
          scores,
          rows.map(({ origin }) => (generators[origin] as (typeof generators)[number]).next()),
        ),
      advance: (work) => advanceRow(search, work),
    };
  },
};

import type { GenerationOptions } from '../contracts/generationOptions.js';
import { mismatch } from '../core/errors.js';
import { advanceRow } from './search/extendSingle.js';
import type { SearchDefinition } from './search/searchDefinition.js';
import { selectBest } from './ops/topK.js';

/** The options of greedy search: those that all searches share. `nBest` can only be 1. */
export type GreedyOptions = GenerationOptions;

const ONE_HYPOTHESIS = 'Greedy search follows one hypothesis; use beam search.';
const NO_DRAWING = 'Greedy search draws nothing; use sampling.';

export const greedyDefinition: SearchDefinition<GreedyOptions> = {
  checks: {},
  refused: {
    width: ONE_HYPOTHESIS,
    earlyStopping: ONE_HYPOTHESIS,
    finished: ONE_HYPOTHESIS,
    temperature: 'A temperature never changes which token is the best; use sampling.',
    topK: NO_DRAWING,
    topP: NO_DRAWING,
    seed: NO_DRAWING,
  },
  check(where, { nBest = 1 }) {
    if (nBest > 1) {
      throw mismatch('invalid-option', {
        where,
        expected: 'nBest of 1',
        received: nBest,
        hint: ONE_HYPOTHESIS,
      });
    }
  },
  method: (search) => ({
    rowsPerSentence: 1,
    select: (scores) => selectBest(scores, 1),
    advance: (work) => advanceRow(search, work),
  }),
};

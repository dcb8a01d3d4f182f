import type { GenerationOptions, TextGenerationOptions } from '../contracts/generationOptions.js';
import type { Hypothesis } from '../contracts/hypothesis.js';
import type { StepFunction } from '../contracts/stepFunction.js';
import type { SearchSetup, Strategy } from '../contracts/strategy.js';
import { mismatch } from '../core/errors.js';
import { topK } from './ops/topK.js';
import { extendSingle } from './search/extendSingle.js';
import { createStrategy, runSearch, type SearchDefinition } from './search/searchDefinition.js';

/** The options of greedy search: those that all searches share. `nBest` can only be 1. */
export type GreedyOptions = GenerationOptions;

/**
 * Greedy search: the most probable token at each step, for a whole batch at once.
 *
 * Works with any step function. Finished sentences leave the batch, so that the step sees fewer rows. Each
 * step reads one small tensor. The caller keeps owning `initialState` and `options.constants`. Every other
 * tensor is freed, also when the step throws.
 *
 * @param step the model, a token at a time
 * @param initialState nested containers of tensors whose first axis is `batchSize`; `null` where there is
 * none
 * @returns one hypothesis a sentence, as a list a sentence
 * @throws `invalid-option`, `invalid-shape` (a step that returns other rows), `not-finite`, `no-candidates`,
 * `aborted`
 *
 * @example
 * ```ts
 * import { tensor2d, gather } from '@tensorflow/tfjs-core';
 * import { greedySearch } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * await useBackend('cpu');
 * // Tokens 0 = start, 1 = end, 2 and 3 are words. Row i holds the logits of what follows token i.
 * const table = tensor2d([[0, 0, 5, 0], [0, 0, 0, 0], [0, 0, 0, 5], [0, 5, 0, 0]]);
 * const [hypotheses] = await greedySearch((last) => ({ logits: gather(table, last), state: null }), null, {
 *   batchSize: 1, sosId: 0, eosId: 1, maxLength: 10,
 * });
 * console.log(hypotheses?.[0]?.ids); // [2, 3]
 * ```
 */
export async function greedySearch<S, C = undefined>(
  step: StepFunction<S, C>,
  initialState: S,
  options: SearchSetup<C> & GreedyOptions,
): Promise<Hypothesis[][]> {
  return runSearch('greedySearch', greedyDefinition, step, initialState, options);
}

/**
 * The strategy that takes the most probable token at each step; see `greedySearch`.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { greedy } from 'tfjs-seq2seq';
 * const strategy = greedy({ maxLength: 50, noRepeatNgram: 3 });
 * console.log(strategy.name); // greedy
 * ```
 */
export function greedy(options: GreedyOptions & TextGenerationOptions = {}): Strategy {
  return createStrategy('greedy', greedyDefinition, options);
}

const ONE_HYPOTHESIS = 'Greedy search follows one hypothesis; use beam search.';
const NO_DRAWING = 'Greedy search draws nothing; use sampling.';

const greedyDefinition: SearchDefinition<object> = {
  own: {},
  refused: {
    width: ONE_HYPOTHESIS,
    earlyStopping: ONE_HYPOTHESIS,
    finished: ONE_HYPOTHESIS,
    temperature: 'A temperature never changes which token is the best; use sampling.',
    topK: NO_DRAWING,
    topP: NO_DRAWING,
    seed: NO_DRAWING,
  },
  check(where, { nBest }) {
    if (nBest === 1) return;
    const expected = 'nBest of 1';
    throw mismatch('invalid-option', { where, expected, received: nBest, hint: ONE_HYPOTHESIS });
  },
  method: (search) => ({
    rowsPerSentence: 1,
    select: (scores) => topK(scores, 1),
    extend: (step) => extendSingle(search, step),
  }),
};

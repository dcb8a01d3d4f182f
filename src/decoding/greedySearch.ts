import type { Hypothesis } from '../contracts/hypothesis.js';
import type { StepFunction } from '../contracts/stepFunction.js';
import type { SearchSetup } from '../contracts/strategy.js';
import { greedyDefinition, type GreedyOptions } from './greedyDefinition.js';
import { runSearch } from './search/searchDefinition.js';

/**
 * Greedy search: the most probable token at each step, for a whole batch at once.
 *
 * Works with any step function. The search tiles nothing here; finished sentences leave the batch, so that the step
 * sees fewer rows. It reads one small tensor a step. The caller keeps owning `initialState` and `options.constants`;
 * every other tensor is freed, also when the step throws.
 *
 * @param step the model, a token at a time
 * @param initialState nested containers of tensors whose first axis is `batchSize`; `null` where there is none
 * @returns one hypothesis a sentence, as a list a sentence
 * @throws `invalid-option`, `invalid-shape` (a step that returns other rows), `not-finite`, `no-candidates`, `aborted`
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

import type { Hypothesis } from '../contracts/hypothesis.js';
import type { StepFunction } from '../contracts/stepFunction.js';
import type { SearchSetup } from '../contracts/strategy.js';
import { sampleDefinition, type SampleOptions } from './sampleDefinition.js';
import { runSearch } from './search/searchDefinition.js';

/**
 * Ancestral sampling: draws each token from the model's distribution, changed by `temperature`, `topK` and `topP` in
 * that order. `nBest` draws that many hypotheses a sentence, which may be equal, and sorts them by their score.
 *
 * The same seed gives the same tokens on the same backend. Each row of the batch draws from a generator of its own. The
 * draw happens on the device; one small tensor is read a step. The caller keeps owning `initialState` and
 * `options.constants`; every other tensor is freed, also when the step throws.
 *
 * @param step the model, a token at a time
 * @param initialState nested containers of tensors whose first axis is `batchSize`; `null` where there is none
 * @returns `nBest` hypotheses a sentence, best first; `score` is the log-probability under the distribution drawn from
 * @throws `invalid-option`, `invalid-shape` (a step that returns other rows), `not-finite`, `no-candidates`, `aborted`
 *
 * @example
 * ```ts
 * import { tensor2d, gather } from '@tensorflow/tfjs-core';
 * import { sampleSearch } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * await useBackend('cpu');
 * // Tokens 0 = start, 1 = end, 2 and 3 are words, and any may follow any.
 * const table = tensor2d([[-9, 0, 2, 2], [-9, 0, 2, 2], [-9, 0, 2, 2], [-9, 0, 2, 2]]);
 * const [samples = []] = await sampleSearch((last) => ({ logits: gather(table, last), state: null }), null, {
 *   batchSize: 1, sosId: 0, eosId: 1, maxLength: 8, nBest: 3, seed: 1,
 * });
 * for (const { ids, score } of samples) console.log(ids, score);
 * ```
 */
export async function sampleSearch<S, C = undefined>(
  step: StepFunction<S, C>,
  initialState: S,
  options: SearchSetup<C> & SampleOptions,
): Promise<Hypothesis[][]> {
  return runSearch('sampleSearch', sampleDefinition, step, initialState, options);
}

import type { Hypothesis } from '../contracts/hypothesis.js';
import type { StepFunction } from '../contracts/stepFunction.js';
import type { SearchSetup } from '../contracts/strategy.js';
import { beamDefinition, type BeamOptions } from './beamDefinition.js';
import { runSearch } from './search/searchDefinition.js';

/**
 * Beam search (Graves 2012; Sutskever et al. 2014): keeps the `width` best hypotheses of each sentence at each step.
 *
 * The search tiles and reorders the state, at any depth of nesting, and the constants only where rows leave or join.
 * Sentences that are done leave the batch. The best extensions are found on the device; one small tensor is read a
 * step. The caller keeps owning `initialState` and `options.constants`; every other tensor is freed, also when the
 * step throws. A `width` beyond the vocabulary works: the beam fills up as it goes.
 *
 * @param step the model, a token at a time
 * @param initialState nested containers of tensors whose first axis is `batchSize`; `null` where there is none
 * @returns `nBest` hypotheses a sentence, best first (fewer where fewer exist), no two with the same ids
 * @throws `invalid-option`, `invalid-shape` (a step that returns other rows), `not-finite`, `no-candidates`, `aborted`
 *
 * @example
 * ```ts
 * import { tensor2d, gather } from '@tensorflow/tfjs-core';
 * import { beamSearch } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * await useBackend('cpu');
 * // Tokens 0 = start, 1 = end, 2 to 4 are words. Greedy search takes 2, and then has nothing good to go on with.
 * const table = tensor2d([[0, 0, 5, 4, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [0, 0, 0, 0, 9], [0, 9, 0, 0, 0]]);
 * const [hypotheses] = await beamSearch((last) => ({ logits: gather(table, last), state: null }), null, {
 *   batchSize: 1, sosId: 0, eosId: 1, maxLength: 10, width: 2,
 * });
 * console.log(hypotheses?.[0]?.ids); // [3, 4]
 * ```
 */
export async function beamSearch<S, C = undefined>(
  step: StepFunction<S, C>,
  initialState: S,
  options: SearchSetup<C> & BeamOptions,
): Promise<Hypothesis[][]> {
  return runSearch('beamSearch', beamDefinition, step, initialState, options);
}

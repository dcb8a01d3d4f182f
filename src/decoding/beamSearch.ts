import type { GenerationOptions, TextGenerationOptions } from '../contracts/generationOptions.js';
import type { Hypothesis } from '../contracts/hypothesis.js';
import type { StepFunction } from '../contracts/stepFunction.js';
import type { SearchSetup, Strategy } from '../contracts/strategy.js';
import { mismatch } from '../core/errors.js';
import { oneOf, positiveInteger } from '../core/options.js';
import { topK } from './ops/topK.js';
import type { PreparedSearch } from './search/prepareSearch.js';
import { createStrategy, runSearch, type SearchDefinition } from './search/searchDefinition.js';
import { endStuck, type Extension, type SentenceStep } from './search/searchLoop.js';

/** The options of beam search: the shared ones, and these. */
export interface BeamOptions extends GenerationOptions {
  /** Hypotheses that go on after each step. Default 5. `nBest` can be at most this. */
  readonly width?: number;
  /**
   * When to stop. Default `'exact'`.
   *
   * - `'exact'`: once no hypothesis that goes on can still get among the `nBest`. The result is the same as
   *   with `'never'`. With `processors` of your own, whose scores have no known bound, it is `'never'`.
   * - `'never'`: when no hypothesis goes on, at `maxLength` at the latest.
   * - `'first'`: after the step at which `width` hypotheses or more have ended. Those that would go on are
   *   dropped.
   *
   * `'exact'` assumes the best that can still come: that a hypothesis ends with nothing more to pay, at the
   * length whose penalty is the most lenient. A penalty that rises with the length is the most lenient at
   * `maxLength`. So a larger `maxLength` makes `'exact'` stop later, and far above real lengths it hardly
   * ever stops early. Take a `maxLength` that follows the source, or `'first'`.
   */
  readonly earlyStopping?: 'exact' | 'never' | 'first';
  /**
   * What takes the place of a hypothesis that has ended. Default `'refill'`.
   *
   * - `'refill'`: the next best extension, so that `width` hypotheses go on
   * - `'shrink'`: nothing; a hypothesis that ended keeps its place in the beam
   */
  readonly finished?: 'refill' | 'shrink';
}

/**
 * Beam search (Graves 2012; Sutskever et al. 2014): keeps the `width` best hypotheses of each sentence at
 * each step.
 *
 * It tiles and reorders the state, at any depth of nesting, and the constants where rows leave or join.
 * Sentences that are done leave the batch. The best extensions are found on the device, and each step reads
 * one small tensor. The caller keeps owning `initialState` and `options.constants`. Every other tensor is
 * freed, also when the step throws. A `width` beyond the vocabulary works: the beam fills up step by step.
 *
 * @param step the model, a token at a time
 * @param initialState nested containers of tensors whose first axis is `batchSize`; `null` where there is
 * none
 * @returns `nBest` hypotheses a sentence, best first (fewer where fewer exist), no two with the same ids
 * @throws `invalid-option`, `invalid-shape` (a step that returns other rows), `not-finite`, `no-candidates`,
 * `aborted`
 *
 * @example
 * ```ts
 * import { tensor2d, gather } from '@tensorflow/tfjs-core';
 * import { beamSearch } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * await useBackend('cpu');
 * // Tokens 0 = start, 1 = end, 2 to 4 are words. Greedy search takes 2, then nothing good follows.
 * const table = tensor2d([
 *   [0, 0, 5, 4, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [0, 0, 0, 0, 9], [0, 9, 0, 0, 0],
 * ]);
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

/**
 * The strategy that keeps the `width` best hypotheses at each step; see `beamSearch`.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { beam } from 'tfjs-seq2seq';
 * const strategy = beam({ width: 5, nBest: 3, lengthPenalty: { gnmt: 0.6 } });
 * console.log(strategy.name); // beam
 * ```
 */
export function beam(options: BeamOptions & TextGenerationOptions = {}): Strategy {
  return createStrategy('beam', beamDefinition, options);
}

const NO_DRAWING =
  'Beam search draws nothing; use sampling, or put scaleTemperature, keepTopK or keepTopP in processors.';

const beamDefinition: SearchDefinition<Required<Omit<BeamOptions, keyof GenerationOptions>>> = {
  own: {
    width: [positiveInteger, 5],
    earlyStopping: [/* @__PURE__ */ oneOf(['exact', 'never', 'first']), 'exact'],
    finished: [/* @__PURE__ */ oneOf(['refill', 'shrink']), 'refill'],
  },
  refused: { temperature: NO_DRAWING, topK: NO_DRAWING, topP: NO_DRAWING, seed: NO_DRAWING },
  check(where, { width, nBest }) {
    if (nBest <= width) return;
    const expected = `nBest to be at most width, ${width}`;
    throw mismatch('invalid-option', { where, expected, received: nBest });
  },
  method(search, { width, earlyStopping, finished, processors }) {
    const stopping = earlyStopping === 'exact' && processors.length > 0 ? 'never' : earlyStopping;
    // A row can supply all that go on and, besides, its own end.
    const count = finished === 'refill' ? width + 1 : width;
    return {
      rowsPerSentence: 1,
      select: (scores) => topK(scores, count),
      extend: (step) => extendBeam(search, { width, stopping, finished }, step),
    };
  },
};

interface BeamRules {
  readonly width: number;
  readonly stopping: 'exact' | 'never' | 'first';
  readonly finished: 'refill' | 'shrink';
}

/**
 * One step of beam search for one sentence (Graves 2012, §2.4; the variants are those of common toolkits).
 * Extensions are ranked by their summed scores. The length penalty ranks only what has ended.
 */
function extendBeam(search: PreparedSearch<unknown>, rules: BeamRules, step: SentenceStep): Extension[] {
  const { sentence, position, nodes } = step;
  const { width, stopping, finished } = rules;
  const { setup, options } = search;
  const places = finished === 'shrink' ? width - sentence.finishedCount : width;
  const extensions = nodes
    .flatMap((_, row) => step.candidates(row).map((node) => ({ row, node })))
    .sort((a, b) => b.node.score - a.node.score);
  const ends = ({ node }: Extension): boolean => node.id === setup.eosId;

  const ended = extensions.slice(0, places).filter(ends);
  for (const { node } of ended) sentence.finish(node, 'eos');
  const enough = (): boolean => stopping === 'first' && sentence.finishedCount >= width;
  if (enough()) return [];

  // At the last position only the end token may still follow; a hypothesis that does not take it ends as it
  // is.
  if (position === sentence.lastPosition && !options.countEndToken) {
    nodes.forEach((node, row) => {
      if (!ended.some((end) => end.row === row)) sentence.finish(node, 'length');
    });
    return [];
  }

  const pool = finished === 'shrink' ? extensions.slice(0, places) : extensions;
  const next = pool
    .filter((extension) => !ends(extension))
    .slice(0, width)
    .filter(({ node }) => !step.endIfDue(node));
  if (next.length === 0 && sentence.finishedCount === 0) endStuck(search, step, nodes);
  if (enough() || (stopping === 'exact' && settled(search, step, next))) return [];
  return next;
}

/**
 * Whether none of `next` can still get among the wanted hypotheses. Scores only fall, since no
 * log-probability is above 0, and coverage only takes away. So the score now, under the most lenient length
 * penalty to come, is a bound.
 */
function settled(
  search: PreparedSearch<unknown>,
  { sentence, position }: SentenceStep,
  next: readonly Extension[],
): boolean {
  const threshold = sentence.threshold();
  if (threshold === -Infinity) return false;
  const lenient = search.largestDivisor(position + 1, sentence.lastPosition + 1);
  return next.every(({ node }) => node.score <= 0 && threshold >= node.score / lenient);
}

import {
  add,
  argMax,
  cumsum,
  expandDims,
  log,
  max,
  minimum,
  mul,
  slice,
  softmax,
  sub,
  tensor2d,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import type { GenerationOptions, TextGenerationOptions } from '../contracts/generationOptions.js';
import type { Hypothesis } from '../contracts/hypothesis.js';
import type { StepFunction } from '../contracts/stepFunction.js';
import type { SearchSetup, Strategy } from '../contracts/strategy.js';
import { finiteNumber, nonNegativeInteger, positiveInteger } from '../core/options.js';
import { createRandom } from '../core/random.js';
import { BANNED_FROM } from './ops/bans.js';
import { gatherColumns } from './ops/gatherColumns.js';
import { isAbove } from './ops/isAbove.js';
import type { Selected } from './ops/topK.js';
import { keepTopK } from './processors/keepTopK.js';
import { keepTopP } from './processors/keepTopP.js';
import { scaleTemperature } from './processors/scaleTemperature.js';
import { extendSingle } from './search/extendSingle.js';
import { createStrategy, runSearch, type SearchDefinition } from './search/searchDefinition.js';

/**
 * The options of sampling: the shared ones, and these. `nBest` is how many hypotheses a sentence are drawn.
 */
export interface SampleOptions extends GenerationOptions {
  /** Divides the scores before the softmax, above 0: below 1 sharpens, above 1 flattens. Default 1. */
  readonly temperature?: number;
  /** Draws only from this many most probable tokens. Default: from all. */
  readonly topK?: number;
  /**
   * Draws only from the most probable tokens that reach this probability together, in (0, 1]. Default 1: from
   * all.
   */
  readonly topP?: number;
  /**
   * A whole number. Default 0: the same call draws the same tokens until you change it. What a sentence draws
   * depends on the seed, the sentence and its place among the inputs. It does not depend on how many are
   * worked on at once.
   */
  readonly seed?: number;
}

/**
 * Ancestral sampling: draws each token from the model's distribution, changed by `temperature`, `topK` and
 * `topP` in that order. `nBest` draws that many hypotheses a sentence, which may be equal, and sorts them by
 * their score.
 *
 * The same seed gives the same tokens on the same backend. Each row of the batch draws from a generator of
 * its own. The draw happens on the device, and each step reads one small tensor. The caller keeps owning
 * `initialState` and `options.constants`. Every other tensor is freed, also when the step throws.
 *
 * @param step the model, a token at a time
 * @param initialState nested containers of tensors whose first axis is `batchSize`; `null` where there is
 * none
 * @returns `nBest` hypotheses a sentence, best first; `score` is the log-probability under the distribution
 * drawn from
 * @throws `invalid-option`, `invalid-shape` (a step that returns other rows), `not-finite`, `no-candidates`,
 * `aborted`
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

/**
 * The strategy that draws each token from the model's distribution; see `sampleSearch`.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { sample } from 'tfjs-seq2seq';
 * const strategy = sample({ temperature: 0.8, topP: 0.95, seed: 7 });
 * console.log(strategy.name); // sample
 * ```
 */
export function sample(options: SampleOptions & TextGenerationOptions = {}): Strategy {
  return createStrategy('sample', sampleDefinition, options);
}

/** How many seeds there are. */
const SEEDS = 2 ** 32;

const ONE_BY_ONE = 'Sampling follows each hypothesis alone; use beam search, or nBest to draw several.';

type OwnOptions = Required<Omit<SampleOptions, keyof GenerationOptions | 'topK'>> &
  Pick<SampleOptions, 'topK'>;

const sampleDefinition: SearchDefinition<OwnOptions> = {
  own: {
    temperature: [/* @__PURE__ */ finiteNumber({ above: 0 }), 1],
    topK: [positiveInteger, undefined],
    topP: [/* @__PURE__ */ finiteNumber({ above: 0, max: 1 }), 1],
    seed: [nonNegativeInteger, 0],
  },
  refused: { width: ONE_BY_ONE, earlyStopping: ONE_BY_ONE, finished: ONE_BY_ONE },
  ownProcessors: ({ temperature, topK, topP }) => [
    ...(temperature === 1 ? [] : [scaleTemperature(temperature)]),
    ...(topK === undefined ? [] : [keepTopK(topK)]),
    ...(topP === 1 ? [] : [keepTopP(topP)]),
  ],
  method(search, { nBest, seed }) {
    // Each hypothesis has a generator of its own, made from the seed, the number of the sentence and the
    // hypothesis's place among the sentence's samples. So it does not matter what else is in the batch, and
    // in which order.
    const base = createRandom(seed).integer(SEEDS);
    const generators = search.sentences.flatMap(({ number }) => {
      const own = createRandom((base + number) % SEEDS);
      return Array.from({ length: nBest }, () => own.fork());
    });
    return {
      rowsPerSentence: nBest,
      select: (scores, active) =>
        selectSample(
          scores,
          active.map(({ origin }) => (generators[origin] as (typeof generators)[number]).next()),
        ),
      extend: (step) => extendSingle(search, step),
    };
  },
};

/** 24 bits, so that float32 holds the number exactly and never rounds it up to 1. */
const UNIFORM_STEPS = 2 ** 24;

/**
 * Draws one token a row from `softmax(scores)`, by inverting the cumulative distribution on the device.
 *
 * @param scores `[rows, vocabulary]`
 * @param uniform a number in [0, 1) a row
 */
function selectSample(scores: Tensor2D, uniform: readonly number[]): Selected {
  const [rows, vocabulary] = scores.shape;
  const probabilities = softmax(scores);
  const cumulative = cumsum<Tensor2D>(probabilities, 1);
  const total = slice(cumulative, [0, vocabulary - 1], [rows, 1]);
  const exact = uniform.map((u) => Math.floor(u * UNIFORM_STEPS) / UNIFORM_STEPS);
  const threshold = mul<Tensor2D>(total, tensor2d(exact, [rows, 1]));
  // A device may sum in parallel, and then `cumulative` need not grow steadily. So a token of probability 0
  // is ruled out explicitly.
  const reached = mul(isAbove(cumulative, threshold), isAbove(probabilities));
  // The first token reached has the largest weight. If rounding reaches none, the most probable token is
  // left.
  const weights = new Float32Array(vocabulary);
  for (let id = 0; id < vocabulary; id++) weights[id] = 2 * (vocabulary - id);
  const earlier = tensor2d(weights, [1, vocabulary]);
  const ids = expandDims(argMax(add(mul(reached, earlier), probabilities), 1), 1) as Tensor2D; // [rows, 1]
  const logProbability = log(gatherColumns(probabilities, ids));
  // Where every token is banned the softmax is flat. Then the maximum is far below 0, and so becomes the
  // score.
  const allBanned = minimum(0, sub(max(scores, 1, true), BANNED_FROM));
  return { ids, scores: sub<Tensor2D>(add(logProbability, allBanned), log(total)), entries: false };
}

import { add, exp, log, logSoftmax, maximum, mul, sub, type Tensor2D } from '@tensorflow/tfjs-core';
import type { StepFunction, StepResult } from '../contracts/stepFunction.js';
import { addAll } from '../core/addAll.js';
import { disposeTensors, tidyTensors } from '../core/containers.js';
import { describe, mismatch } from '../core/errors.js';
import { finiteNumber, oneOf, readOptions, unchecked } from '../core/options.js';
import { BAN } from './ops/bans.js';

/** How an ensemble decides together. */
export interface EnsembleOptions {
  /**
   * `'probability'` averages the members' distributions. `'logit'` averages their log-probabilities, which
   * gives the normalised geometric mean of the distributions. Default `'probability'`.
   */
  readonly combine?: 'probability' | 'logit';
  /** One positive number a member; they are scaled to sum to 1. Default: equal. */
  readonly weights?: readonly number[];
}

/**
 * Makes one step function of several that share a vocabulary. Any search can use it. Its state and its
 * constants are lists with one entry a member. It returns the weighted mean of the members' attention where
 * all members return attention of one shape.
 *
 * @param steps the members, at least one
 * @throws `invalid-option`; `invalid-shape` while running, where members return different vocabularies
 *
 * @example
 * ```ts
 * import { tensor2d, gather } from '@tensorflow/tfjs-core';
 * import { beamSearch, ensembleStep } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * await useBackend('cpu');
 * const first = tensor2d([[0, 0, 2, 1], [0, 0, 0, 0], [0, 3, 0, 0], [0, 3, 0, 0]]);
 * const second = tensor2d([[0, 0, 1, 5], [0, 0, 0, 0], [0, 3, 0, 0], [0, 3, 0, 0]]);
 * const step = ensembleStep([
 *   (last) => ({ logits: gather(first, last), state: null }),
 *   (last) => ({ logits: gather(second, last), state: null }),
 * ]);
 * const [hypotheses] = await beamSearch(step, [null, null], {
 *   batchSize: 1, sosId: 0, eosId: 1, maxLength: 5, constants: [undefined, undefined],
 * });
 * console.log(hypotheses?.[0]?.ids); // [3]
 * ```
 */
export function ensembleStep<S, C>(
  steps: readonly StepFunction<S, C>[],
  options: EnsembleOptions = {},
): StepFunction<readonly S[], readonly C[]> {
  const where = 'ensembleStep';
  const { combine, shares } = readEnsembleOptions(where, steps.length, options);
  return async (lastTokens, state, position, constants) => {
    const results: StepResult<S>[] = [];
    try {
      for (const [i, step] of steps.entries()) {
        results.push(await step(lastTokens, state[i] as S, position, constants?.[i] as C));
      }
      checkLogits(where, results);
      const combined = tidyTensors(() => {
        const logits = results.map((result) => result.logits);
        const attention = meanAttention(results, shares);
        return {
          logits: combine === 'logit' ? meanLogit(logits, shares) : meanProbability(logits, shares),
          attention,
        };
      });
      const next = results.map((result) => result.state);
      disposeTensors(
        results.map(({ logits, attention }) => [logits, attention]),
        [next, state, constants],
      );
      return {
        logits: combined.logits,
        state: next,
        ...(combined.attention === null ? {} : { attention: combined.attention }),
      };
    } catch (error) {
      disposeTensors(results, [state, constants]);
      throw error;
    }
  };
}

/** Reads how `members` decide together. `shares` are their weights, which sum to 1. */
export function readEnsembleOptions(
  where: string,
  members: number,
  options: EnsembleOptions,
): { combine: 'probability' | 'logit'; shares: number[] } {
  const { combine, weights } = readOptions(where, options, {
    combine: [oneOf(['probability', 'logit']), 'probability'],
    weights: [unchecked, new Array<number>(members).fill(1)],
  });
  if (members === 0 || !Array.isArray(weights) || weights.length !== members) {
    throw mismatch('invalid-option', {
      where,
      expected: `at least one member, and weights of one number a member, ${members}`,
      received: weights,
    });
  }
  const positive = finiteNumber({ above: 0 });
  const numbers = weights.map((weight) => positive(where, 'each weight', weight));
  const total = numbers.reduce((sum, weight) => sum + weight, 0);
  return { combine, shares: numbers.map((weight) => weight / total) };
}

/**
 * log Σ wᵢ pᵢ. In the log domain nothing underflows, and the result is finite where a member rules a token
 * out.
 */
function meanProbability(logits: readonly Tensor2D[], shares: readonly number[]): Tensor2D {
  const terms = logits.map((each, i) =>
    maximum<Tensor2D>(add(logSoftmax(each, 1), Math.log(shares[i] as number)), BAN),
  );
  const largest = terms.reduce((a, b) => maximum<Tensor2D>(a, b));
  return add(largest, log(addAll(terms.map((term) => exp(sub<Tensor2D>(term, largest))))));
}

function meanLogit(logits: readonly Tensor2D[], shares: readonly number[]): Tensor2D {
  return addAll(logits.map((each, i) => mul<Tensor2D>(logSoftmax(each, 1), shares[i] as number)));
}

function meanAttention(results: readonly StepResult[], shares: readonly number[]): Tensor2D | null {
  const weights = results.flatMap(({ attention }) => (attention === undefined ? [] : [attention]));
  const same = weights.every(({ shape }) => shape.join() === weights[0]?.shape.join());
  if (weights.length < results.length || !same) return null;
  return addAll(weights.map((each, i) => mul<Tensor2D>(each, shares[i] as number)));
}

function checkLogits(where: string, results: readonly StepResult[]): void {
  const shapes = results.map(({ logits }) => logits.shape);
  if (shapes.some((shape) => shape.join() !== shapes[0]?.join())) {
    throw mismatch('invalid-shape', {
      where,
      expected: 'all members to return logits of one shape',
      received: describe(shapes),
      hint: 'Members of an ensemble must share the target vocabulary.',
    });
  }
}

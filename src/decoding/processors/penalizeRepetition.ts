import { mul, tensor2d } from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { finiteNumber } from '../../core/options.js';
import { PersistentMap } from '../persistentMap.js';

/** The distinct tokens of a row, newest first, and a way to look one up. */
interface SeenTokens {
  readonly lookup: PersistentMap<true>;
  readonly newest: Seen | null;
}

interface Seen {
  readonly token: number;
  readonly earlier: Seen | null;
}

/**
 * Multiplies the log-probabilities of tokens that came before: the option `repetitionPenalty`. The idea is CTRL's
 * (Keskar et al. 2019, §4.1); on log-probabilities, which are never positive, it does not depend on how the logits are
 * shifted. Above 1 discourages repetition, below 1 encourages it.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { greedy, penalizeRepetition } from 'tfjs-seq2seq';
 * const strategy = greedy({ processors: [penalizeRepetition(1.2)] }); // the same as repetitionPenalty: 1.2
 * console.log(strategy.name);
 * ```
 */
export function penalizeRepetition(penalty: number): LogitsProcessor<SeenTokens> {
  finiteNumber('penalizeRepetition', 'penalty', penalty, { above: 0 });
  return {
    name: 'penalizeRepetition',
    start: () => ({ lookup: new PersistentMap(), newest: null }),
    advance: (state, token) =>
      state.lookup.get(token) === true
        ? state
        : { lookup: state.lookup.with(token, true), newest: { token, earlier: state.newest } },
    process(scores, { rows, position, vocabularySize }) {
      if (position === 0) return scores;
      const factors = new Float32Array(rows.length * vocabularySize).fill(1);
      rows.forEach(({ state }, row) => {
        for (let seen = state.newest; seen !== null; seen = seen.earlier) {
          factors[row * vocabularySize + seen.token] = penalty;
        }
      });
      return mul(scores, tensor2d(factors, [rows.length, vocabularySize]));
    },
  };
}

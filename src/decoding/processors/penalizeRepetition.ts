import { mul, tensor2d } from '@tensorflow/tfjs-core';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { finiteNumber } from '../../core/options.js';

/**
 * Multiplies the log-probabilities of tokens that came before: the option `repetitionPenalty`. Above 1
 * discourages repetition, below 1 encourages it.
 *
 * CTRL does this to logits (Keskar et al. 2019, §4.1). Log-probabilities are never positive and do not depend
 * on a constant added to all logits, so here the penalty always works in one direction.
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
export function penalizeRepetition(penalty: number): LogitsProcessor {
  finiteNumber({ above: 0 })('penalizeRepetition', 'penalty', penalty);
  return {
    name: 'penalizeRepetition',
    process(scores, { rows, position, vocabularySize }) {
      if (position === 0) return scores;
      const factors = new Float32Array(rows.length * vocabularySize).fill(1);
      rows.forEach((each, row) => {
        for (const id of each.tokens()) factors[row * vocabularySize + id] = penalty;
      });
      return mul(scores, tensor2d(factors, [rows.length, vocabularySize]));
    },
  };
}

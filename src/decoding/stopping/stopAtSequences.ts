import type { StoppingCriterion } from '../../contracts/stoppingCriterion.js';
import { checkSequences, endsWith, type IdSequences } from '../processors/idSequences.js';

/**
 * Ends a hypothesis once its last ids are one of these sequences: a full stop, a blank line, a closing tag.
 * The sequence stays in the output.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { greedy, stopAtSequences } from 'tfjs-seq2seq';
 * const strategy = greedy({ maxLength: 200, stopping: [stopAtSequences([[11], [12, 12]])] });
 * console.log(strategy.name);
 * ```
 */
export function stopAtSequences(sequences: IdSequences): StoppingCriterion {
  const where = 'stopAtSequences';
  checkSequences(where, sequences);
  const longest = Math.max(0, ...sequences.map((sequence) => sequence.length));
  return {
    name: where,
    shouldStop({ last }) {
      const tail = last(longest);
      return sequences.some((sequence) => endsWith(tail, sequence));
    },
  };
}

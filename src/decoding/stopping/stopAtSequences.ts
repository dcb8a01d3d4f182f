import type { StoppingCriterion } from '../../contracts/stoppingCriterion.js';
import { mismatch } from '../../core/errors.js';
import { wholeNumber } from '../../core/options.js';

/**
 * Ends a hypothesis once it ends with one of these sequences of ids, which stays in the output: a full stop, a blank
 * line, a closing tag.
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
export function stopAtSequences(sequences: readonly (readonly number[])[]): StoppingCriterion {
  const where = 'stopAtSequences';
  for (const sequence of sequences) {
    if (!Array.isArray(sequence) || sequence.length === 0) {
      throw mismatch('invalid-option', {
        where,
        expected: 'sequences of at least one id',
        received: sequence,
      });
    }
    for (const id of sequence) wholeNumber(where, 'each id', id, 0);
  }
  const longest = Math.max(0, ...sequences.map((sequence) => sequence.length));
  return {
    name: where,
    shouldStop({ last }) {
      const tail = last(longest);
      return sequences.some(
        (sequence) =>
          sequence.length <= tail.length &&
          sequence.every((id, i) => tail[tail.length - sequence.length + i] === id),
      );
    },
  };
}

import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { mismatch } from '../../core/errors.js';
import { wholeNumber } from '../../core/options.js';
import { banInRows } from './mask.js';

/**
 * Sequences of ids that never come as a whole: the option `badSequences`. The last id of a sequence is banned wherever
 * the ids before it have just come.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { banSequences, beam } from 'tfjs-seq2seq';
 * const strategy = beam({ processors: [banSequences([[7, 8], [9]])] }); // the same as badSequences: [[7, 8], [9]]
 * console.log(strategy.name);
 * ```
 */
export function banSequences(sequences: readonly (readonly number[])[]): LogitsProcessor<readonly number[]> {
  const where = 'banSequences';
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
  const memory = Math.max(0, ...sequences.map((sequence) => sequence.length - 1));
  return {
    name: where,
    start: () => [],
    advance: (tail, token) => (memory === 0 ? tail : [...tail, token].slice(-memory)),
    process: (scores, { rows }) =>
      banInRows(
        where,
        scores,
        rows.map(({ state: tail }) =>
          sequences
            .filter((sequence) => endsWithStartOf(tail, sequence))
            .map((sequence) => sequence.at(-1) as number),
        ),
      ),
  };
}

/** Whether `tail` ends with all of `sequence` but its last id. */
function endsWithStartOf(tail: readonly number[], sequence: readonly number[]): boolean {
  const offset = tail.length - (sequence.length - 1);
  return offset >= 0 && sequence.slice(0, -1).every((id, i) => tail[offset + i] === id);
}

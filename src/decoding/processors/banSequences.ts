import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { checkSequences, endsWith, type IdSequences } from './idSequences.js';
import { banInRows } from '../ops/bans.js';

/**
 * Bans sequences of ids as a whole: the option `badSequences`. Where all ids of a sequence but the last have
 * just come, the last one is banned.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { banSequences, beam } from 'tfjs-seq2seq';
 * // The same as badSequences: [[7, 8], [9]].
 * const strategy = beam({ processors: [banSequences([[7, 8], [9]])] });
 * console.log(strategy.name);
 * ```
 */
export function banSequences(sequences: IdSequences): LogitsProcessor {
  const where = 'banSequences';
  checkSequences(where, sequences);
  return {
    name: where,
    process: (scores, { rows }) =>
      banInRows(
        where,
        scores,
        rows.map((row) =>
          sequences
            .filter((sequence) => endsWith(row.tokens(), sequence.slice(0, -1)))
            .map((sequence) => sequence.at(-1) as number),
        ),
      ),
  };
}

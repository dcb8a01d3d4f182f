import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { mismatch } from '../../core/errors.js';
import { wholeNumber } from '../../core/options.js';
import { allowInRows } from './mask.js';

/**
 * Ids that every output starts with, or one list a sentence: the option `forcedPrefix`. Forced tokens keep their own
 * scores; a token that is both forced and banned leaves nothing to choose.
 */
export function forcePrefix(prefix: readonly number[] | readonly (readonly number[])[]): LogitsProcessor {
  const where = 'forcePrefix';
  const shared = prefix.every((entry) => typeof entry === 'number');
  const prefixes = (shared ? [prefix] : prefix) as readonly (readonly number[])[];
  for (const ids of prefixes) {
    if (!Array.isArray(ids)) {
      throw mismatch('invalid-option', {
        where,
        expected: 'ids, or a list of ids a sentence',
        received: prefix,
      });
    }
    for (const id of ids) wholeNumber(where, 'each id', id, 0);
  }
  return {
    name: where,
    process: (scores, { rows, position }) =>
      allowInRows(
        where,
        scores,
        rows.map(({ sentence }) => {
          const id = prefixes[shared ? 0 : sentence]?.[position];
          return id === undefined ? undefined : [id];
        }),
      ),
  };
}

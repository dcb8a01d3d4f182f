import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { mismatch } from '../../core/errors.js';
import { nonNegativeInteger } from '../../core/options.js';
import { allowInRows } from '../ops/bans.js';

/** One list of ids for all sentences, or one list a sentence. */
export type Prefixes = readonly number[] | readonly (readonly number[])[];

/**
 * Makes every output start with these ids, or with one list a sentence: the option `forcedPrefix`. Forced
 * tokens keep their own scores. A token that is both forced and banned leaves nothing to choose.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { beam, forcePrefix } from 'tfjs-seq2seq';
 * const strategy = beam({ processors: [forcePrefix([5, 6])] }); // the same as forcedPrefix: [5, 6]
 * console.log(strategy.name);
 * ```
 */
export function forcePrefix(prefixes: Prefixes): LogitsProcessor {
  const where = 'forcePrefix';
  if (!Array.isArray(prefixes)) {
    throw mismatch('invalid-option', {
      where,
      expected: 'ids, or one list of ids a sentence',
      received: prefixes,
    });
  }
  for (const id of prefixes.flat() as unknown[]) nonNegativeInteger(where, 'each id', id);
  return {
    name: where,
    process: (scores, { rows, position }) =>
      allowInRows(
        where,
        scores,
        rows.map(({ sentence }) => {
          const id = prefixOf(prefixes, sentence)?.[position];
          return id === undefined ? undefined : [id];
        }),
      ),
  };
}

/** The prefix of one sentence. */
export function prefixOf(prefixes: Prefixes, sentence: number): readonly number[] | undefined {
  return typeof prefixes[0] === 'number'
    ? (prefixes as readonly number[])
    : (prefixes as readonly (readonly number[])[])[sentence];
}

import { mismatch } from '../../core/errors.js';
import type { Continuation, SentenceWork } from './searchLoop.js';
import type { PreparedSearch } from './prepareSearch.js';

/** Goes on with the one candidate of each row: rows never branch. */
export function advanceRow(search: PreparedSearch<unknown>, work: SentenceWork): Continuation[] {
  const { where, setup, countEndToken } = search;
  const { sentence, position, paths } = work;
  return paths.flatMap((soFar, row) => {
    const [path] = work.extensions(row);
    const ends = path?.id === setup.eosId;
    if (position === sentence.lastPosition && !countEndToken && !ends && soFar !== null) {
      sentence.finish(soFar, 'length');
      return [];
    }
    if (path === undefined) throw noCandidates(where, sentence.number, position);
    if (ends) sentence.finish(path, 'eos');
    return ends || work.endIfDue(path) ? [] : [{ row, path }];
  });
}

/** Every continuation of a sentence is banned. */
export function noCandidates(where: string, sentence: number, position: number): Error {
  return mismatch('no-candidates', {
    where,
    expected: `a token that may follow at position ${position} of sentence ${sentence}`,
    received: 'bans on every token',
    hint: 'Look at badTokens, allowedTokens (does it allow the end token?), forcedPrefix and your processors.',
  });
}

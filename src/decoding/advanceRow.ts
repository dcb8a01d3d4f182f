import { mismatch } from '../core/errors.js';
import { isBanned } from './processors/banned.js';
import type { Continuation, SentenceWork } from './decode.js';
import type { PreparedSearch } from './prepareSearch.js';

/** Goes on with the one candidate of each row: rows never branch. */
export function advanceRow(search: PreparedSearch<unknown>, work: SentenceWork): Continuation[] {
  const { where, setup, countEndToken } = search;
  const { sentence, position, rows, first, candidates } = work;
  return rows.flatMap((live, row) => {
    const banned = isBanned(candidates.score(first + row, 0));
    const ends = !banned && candidates.id(first + row, 0) === setup.eosId;
    if (position === sentence.lastPosition && !countEndToken && !ends && live.path !== null) {
      sentence.finish(live.path, 'length');
      return [];
    }
    if (banned) throw noCandidates(where, sentence.number, position);
    const path = work.extend(row, 0);
    if (ends) {
      sentence.finish(path, 'eos');
      return [];
    }
    return work.endIfDue(path) ? [] : [{ row, path }];
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

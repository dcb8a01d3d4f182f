import { noCandidates } from './advanceRow.js';
import type { Continuation, SentenceWork } from './decode.js';
import type { PreparedSearch } from './prepareSearch.js';
import { isBanned } from './processors/banned.js';

/** The rules of a beam, defaults filled in. */
export interface BeamRules {
  readonly width: number;
  readonly stopping: 'exact' | 'never' | 'first';
  readonly finished: 'refill' | 'shrink';
}

/** Row `row` with its candidate number `rank`. */
interface Extension {
  readonly row: number;
  readonly rank: number;
  readonly score: number;
  readonly ends: boolean;
}

/**
 * One step of beam search for one sentence (Graves 2012, §2.4; the variants are those of common toolkits). Extensions
 * are ranked by their summed scores; the length penalty ranks only what has ended.
 */
export function advanceBeam(
  search: PreparedSearch<unknown>,
  rules: BeamRules,
  work: SentenceWork,
): Continuation[] {
  const { sentence, position, rows } = work;
  const { width, stopping, finished } = rules;
  // At this position only the end token may still follow; a hypothesis that does not take it ends as it is.
  const closing = position === sentence.lastPosition && !search.countEndToken;
  const places = finished === 'shrink' ? width - sentence.finishedCount : width;
  const extensions = rankedExtensions(search, work);

  const ended = new Set<number>();
  for (const { row, rank, ends } of extensions.slice(0, places)) {
    if (!ends) continue;
    sentence.finish(work.extend(row, rank), 'eos');
    ended.add(row);
  }
  const enough = (): boolean => stopping === 'first' && sentence.finishedCount >= width;
  if (enough()) return [];

  if (closing) {
    rows.forEach(({ path }, row) => {
      if (path !== null && !ended.has(row)) sentence.finish(path, 'length');
    });
    return [];
  }

  const next: Continuation[] = [];
  const pool = finished === 'shrink' ? extensions.slice(0, places) : extensions;
  for (const { row, rank } of pool.filter(({ ends }) => !ends).slice(0, width)) {
    const path = work.extend(row, rank);
    if (!work.endIfDue(path)) next.push({ row, path });
  }
  if (next.length === 0 && sentence.finishedCount === 0)
    throw noCandidates(search.where, sentence.number, position);
  if (enough() || (stopping === 'exact' && settled(search, work, next))) return [];
  return next;
}

function rankedExtensions(
  { setup }: PreparedSearch<unknown>,
  { rows, first, candidates }: SentenceWork,
): Extension[] {
  const extensions: Extension[] = [];
  rows.forEach(({ path }, row) => {
    for (let rank = 0; rank < candidates.count; rank++) {
      const score = candidates.score(first + row, rank);
      if (isBanned(score)) break;
      const ends = candidates.id(first + row, rank) === setup.eosId;
      extensions.push({ row, rank, score: (path?.score ?? 0) + score, ends });
    }
  });
  return extensions.sort((a, b) => b.score - a.score);
}

/**
 * Whether no live hypothesis can still get among the wanted ones: scores only fall, since no log-probability is above 0,
 * and coverage only takes away, so that the most lenient length penalty to come bounds them.
 */
function settled(
  search: PreparedSearch<unknown>,
  { sentence, position }: SentenceWork,
  next: readonly Continuation[],
): boolean {
  const threshold = sentence.threshold();
  if (threshold === -Infinity) return false;
  const lenient = search.largestDivisor(position + 1, sentence.lastPosition + 1);
  return next.every(({ path }) => path.score <= 0 && threshold >= path.score / lenient);
}

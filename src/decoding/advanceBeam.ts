import { noCandidates } from './search/extendSingle.js';
import type { Continuation, SentenceWork } from './search/searchLoop.js';
import type { PreparedSearch } from './search/prepareSearch.js';

/** The rules of a beam, defaults filled in. */
export interface BeamRules {
  readonly width: number;
  readonly stopping: 'exact' | 'never' | 'first';
  readonly finished: 'refill' | 'shrink';
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
  const { sentence, position, paths } = work;
  const { width, stopping, finished } = rules;
  const { where, setup, countEndToken } = search;
  const places = finished === 'shrink' ? width - sentence.finishedCount : width;
  const extensions = paths
    .flatMap((_, row) => work.extensions(row).map((path) => ({ row, path })))
    .sort((a, b) => b.path.score - a.path.score);
  const ends = ({ path }: Continuation): boolean => path.id === setup.eosId;

  const ended = extensions.slice(0, places).filter(ends);
  for (const { path } of ended) sentence.finish(path, 'eos');
  const enough = (): boolean => stopping === 'first' && sentence.finishedCount >= width;
  if (enough()) return [];

  // At the last position only the end token may still follow; a hypothesis that does not take it ends as it is.
  if (position === sentence.lastPosition && !countEndToken) {
    paths.forEach((path, row) => {
      if (path !== null && !ended.some((end) => end.row === row)) sentence.finish(path, 'length');
    });
    return [];
  }

  const pool = finished === 'shrink' ? extensions.slice(0, places) : extensions;
  const next = pool
    .filter((extension) => !ends(extension))
    .slice(0, width)
    .filter(({ path }) => !work.endIfDue(path));
  if (next.length === 0 && sentence.finishedCount === 0) throw noCandidates(where, sentence.number, position);
  if (enough() || (stopping === 'exact' && settled(search, work, next))) return [];
  return next;
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

import { readTsv, type TextPair } from 'tfjs-seq2seq/node';

/** What an example learns from, and what it is tested on. */
export interface Split<T> {
  readonly train: T[];
  readonly heldOut: T[];
}

/** All pairs of a file with one pair a line, source TAB target. */
export async function readPairs(file: string): Promise<TextPair[]> {
  const pairs: TextPair[] = [];
  for await (const pair of readTsv(file)) pairs.push(pair);
  return pairs;
}

/** One pair for each source, the last: what is learnt and what is tested then share no source. */
export function distinctSources(pairs: readonly TextPair[]): TextPair[] {
  return [...new Map(pairs.map((pair) => [pair.source, pair])).values()];
}

/** Holds one item in ten out, about `most` at most. */
export function holdOut<T>(items: readonly T[], most = 500): Split<T> {
  const every = Math.max(10, Math.ceil(items.length / most));
  return {
    train: items.filter((_, i) => i % every !== 0),
    heldOut: items.filter((_, i) => i % every === 0),
  };
}

/** Holds one pair in ten out, about 500 at most; no source stands on both sides. */
export function splitPairs(pairs: readonly TextPair[]): Split<TextPair> {
  const distinct = distinctSources(pairs);
  if (distinct.length < 10)
    throw new Error(`${distinct.length} different pairs are too few; bring ten or more.`);
  return holdOut(distinct);
}

/** Pairs to learn from, and the references of each source that is held out. */
export interface References {
  readonly train: TextPair[];
  readonly heldOut: ReadonlyMap<string, readonly string[]>;
}

/** Holds one source in ten out, about 500 at most, with all its targets. */
export function splitSources(pairs: readonly TextPair[]): References {
  const targets = new Map<string, string[]>();
  for (const { source, target } of pairs) targets.set(source, [...(targets.get(source) ?? []), target]);
  if (targets.size < 10) throw new Error(`${targets.size} different sources are too few; bring ten or more.`);
  const heldOut = new Map(holdOut([...targets]).heldOut);
  return { train: pairs.filter((pair) => !heldOut.has(pair.source)), heldOut };
}

import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { wholeNumber } from '../../core/options.js';
import { PersistentMap } from '../persistentMap.js';
import { banInRows } from './mask.js';

/** What one row remembers; a step costs the same however long the row is. */
interface NgramState {
  /** Numbers for the contexts seen, shared by all rows of a sentence; only ever added to. */
  readonly contexts: Map<string, number>;
  /** From a context's number to the tokens that followed it. */
  readonly followers: PersistentMap<Follower>;
  /** The last `size - 1` tokens. */
  readonly tail: readonly number[];
}

interface Follower {
  readonly token: number;
  readonly next: Follower | undefined;
}

/**
 * No n-gram of `size` tokens comes twice (Paulus et al. 2018, §2.5): the option `noRepeatNgram`.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { banRepeatedNgrams, greedy } from 'tfjs-seq2seq';
 * const strategy = greedy({ processors: [banRepeatedNgrams(3)] }); // the same as noRepeatNgram: 3
 * console.log(strategy.name);
 * ```
 */
export function banRepeatedNgrams(size: number): LogitsProcessor<NgramState> {
  wholeNumber('banRepeatedNgrams', 'size', size);
  return {
    name: 'banRepeatedNgrams',
    start: () => ({ contexts: new Map(), followers: new PersistentMap(), tail: [] }),
    advance({ contexts, followers, tail }, token) {
      const grown = [...tail, token];
      if (grown.length < size) return { contexts, followers, tail: grown };
      const context = numberOf(contexts, tail);
      const after = followers.with(context, { token, next: followers.get(context) });
      return { contexts, followers: after, tail: grown.slice(1) };
    },
    process: (scores, { rows }) =>
      banInRows(
        'banRepeatedNgrams',
        scores,
        rows.map(({ state: { contexts, followers, tail } }) =>
          tail.length < size - 1 ? [] : tokensOf(followers.get(numberOf(contexts, tail))),
        ),
      ),
  };
}

function numberOf(contexts: Map<string, number>, context: readonly number[]): number {
  const key = context.join(' ');
  const known = contexts.get(key) ?? contexts.size;
  contexts.set(key, known);
  return known;
}

function* tokensOf(follower: Follower | undefined): Iterable<number> {
  for (let link = follower; link !== undefined; link = link.next) yield link.token;
}

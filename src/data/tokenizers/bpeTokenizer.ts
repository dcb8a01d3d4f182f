import type { Tokenizer } from '../../contracts/tokenizer.js';
import { mismatch } from '../../core/errors.js';
import { readOptions, unchecked } from '../../core/options.js';
import { bpeSymbols, endOfWord, splitAtSpaces } from './bpeSymbols.js';
import { checkedTokenizer } from './tokenizerKinds.js';
import type { BpeMerge } from './learnBpe.js';

/** Options of {@link bpeTokenizer}. */
export interface BpeTokenizerOptions {
  /** What {@link learnBpe} learnt or {@link parseBpeCodes} read, best first. */
  readonly merges: readonly BpeMerge[];
  /** Splits text into words, and joins them. Default: at single spaces, as subword-nmt does. */
  readonly words?: Tokenizer;
}

/** Words whose parts are remembered: text is mostly made of few words. */
const cacheSize = 50_000;

/**
 * Splits words into the parts that byte-pair encoding merges them to (Sennrich et al. 2016), as subword-nmt's
 * `apply-bpe` does. The last part of each word ends with `</w>`. Subword-nmt marks the other parts instead,
 * with `@@`.
 *
 * Normal form: that of `words`. By default runs of spaces are one space, and spaces and line breaks at the
 * ends go.
 *
 * @throws `invalid-option`
 * @example
 * ```ts
 * import { bpeTokenizer, learnBpe } from 'tfjs-seq2seq';
 *
 * const corpus = ['low low low lower', 'newest newest widest'];
 * const tokenizer = bpeTokenizer({ merges: learnBpe(corpus, { merges: 6 }) });
 * const tokens = tokenizer.tokenize('lowest low'); // ['lo', 'west</w>', 'low</w>']
 * console.log(tokenizer.detokenize(tokens)); // 'lowest low'
 * ```
 */
export function bpeTokenizer(options: BpeTokenizerOptions): Tokenizer {
  const where = 'bpeTokenizer';
  const { merges, words } = readOptions(where, options, {
    merges: [unchecked],
    words: [unchecked, undefined],
  });
  const ranks = rankMerges(where, merges);
  const cache = new Map<string, readonly string[]>();
  const split = (word: string): readonly string[] => {
    const known = cache.get(word);
    if (known !== undefined) return known;
    // Merged parts of a word that spells `</w>` could look like ends of words; it stays in characters.
    const parts = word.includes(endOfWord) ? bpeSymbols(word) : applyMerges(bpeSymbols(word), ranks);
    if (cache.size >= cacheSize) cache.clear();
    cache.set(word, parts);
    return parts;
  };
  return checkedTokenizer(where, {
    tokenize: (text) => (words?.tokenize(text) ?? splitAtSpaces(text)).flatMap(split),
    detokenize(tokens) {
      const joined: string[] = [];
      let word = '';
      for (const token of tokens) {
        if (token.endsWith(endOfWord)) {
          joined.push(word + token.slice(0, -endOfWord.length));
          word = '';
        } else {
          word += token;
        }
      }
      if (word !== '') joined.push(word);
      return words?.detokenize(joined) ?? joined.join(' ');
    },
    options: { merges, ...(words && { words: words.toJSON() }) },
  });
}

type Ranks = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** The place of each pair in the list; where one stands twice, the first counts. */
function rankMerges(where: string, merges: readonly BpeMerge[]): Ranks {
  if (!Array.isArray(merges)) {
    throw mismatch('invalid-option', { where, expected: 'merges to be a list of pairs', received: merges });
  }
  const ranks = new Map<string, Map<string, number>>();
  merges.forEach((merge: unknown, rank) => {
    const [left, right] = Array.isArray(merge) && merge.length === 2 ? (merge as unknown[]) : [];
    if (typeof left !== 'string' || typeof right !== 'string' || left === '' || right === '') {
      throw mismatch('invalid-option', {
        where,
        expected: `merges[${rank}] to be two symbols`,
        received: merge,
      });
    }
    const row = ranks.get(left) ?? new Map<string, number>();
    ranks.set(left, row);
    if (!row.has(right)) row.set(right, rank);
  });
  return ranks;
}

/** Merges the best-ranked pair everywhere, from left to right, until no pair is known. */
function applyMerges(symbols: readonly string[], ranks: Ranks): readonly string[] {
  let parts = symbols;
  while (parts.length > 1) {
    let best = Infinity;
    let left = '';
    let right = '';
    for (let i = 0; i + 1 < parts.length; i++) {
      const rank = ranks.get(parts[i] as string)?.get(parts[i + 1] as string);
      if (rank === undefined || rank >= best) continue;
      best = rank;
      left = parts[i] as string;
      right = parts[i + 1] as string;
    }
    if (best === Infinity) break;
    const merged: string[] = [];
    for (let i = 0; i < parts.length; i++) {
      const found = parts[i] === left && parts[i + 1] === right;
      merged.push(found ? left + right : (parts[i] as string));
      if (found) i++;
    }
    parts = merged;
  }
  return parts;
}

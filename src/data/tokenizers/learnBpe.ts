import type { Tokenizer } from '../../contracts/tokenizer.js';
import { mismatch } from '../../core/errors.js';
import { isIterable } from '../../core/iterables.js';
import { positiveInteger, readOptions, unchecked } from '../../core/options.js';
import { checkText } from '../checkText.js';
import { bpeSymbols, splitAtSpaces } from './bpeSymbols.js';
import { createPriorityQueue } from './priorityQueue.js';

/** Two neighbouring symbols that become one; `</w>` marks the end of a word. */
export type BpeMerge = readonly [left: string, right: string];

/** Options of {@link learnBpe}. */
export interface LearnBpeOptions {
  /** Most merges to learn: about the size of the vocabulary less the characters. Default 10,000. */
  readonly merges?: number;
  /** How often a pair must occur to be merged. Default 2. */
  readonly minFrequency?: number;
  /**
   * Splits a line into words. Default: at single spaces, as subword-nmt does. Give the same to
   * `bpeTokenizer`.
   */
  readonly words?: Pick<Tokenizer, 'tokenize'>;
}

interface Pair {
  readonly left: number;
  readonly right: number;
  count: number;
  /** The words it occurs in, or once did. */
  readonly words: Set<number>;
}

/**
 * Byte-pair encoding (Sennrich et al. 2016, algorithm 1). It merges the most frequent pair of neighbouring
 * symbols, again and again.
 *
 * The merges and their order are subword-nmt's (`learn-bpe`, version 0.2). The last symbol of a word carries
 * `</w>`. Of equally frequent pairs the greater one by code points goes first.
 *
 * @param lines the corpus
 * @returns the merges, best first, for `bpeTokenizer`. They are fewer than asked for where no pair is
 * frequent enough any more
 * @throws `invalid-input` for a corpus without a word; `invalid-option`
 * @example
 * ```ts
 * import { learnBpe } from 'tfjs-seq2seq';
 *
 * const merges = learnBpe(['low low low lower', 'newest newest widest'], { merges: 3 });
 * console.log(merges); // [['l', 'o'], ['w', 'e'], ['s', 't</w>']]
 * ```
 */
export function learnBpe(lines: Iterable<string>, options: LearnBpeOptions = {}): BpeMerge[] {
  const where = 'learnBpe';
  const {
    merges: limit,
    minFrequency,
    words: splitter,
  } = readOptions(where, options, {
    merges: [positiveInteger, 10_000],
    minFrequency: [positiveInteger, 2],
    words: [unchecked, undefined],
  });
  if (typeof lines === 'string' || !isIterable(lines)) {
    const hint = 'Wrap a single text in an array.';
    throw mismatch('invalid-input', { where, expected: 'a list of lines', received: lines, hint });
  }
  const frequencies = countWords(lines, splitter?.tokenize ?? splitAtSpaces);
  if (frequencies.size === 0) {
    throw mismatch('invalid-input', {
      where,
      expected: 'a corpus with at least one word',
      received: 'an empty one',
    });
  }

  const texts: string[] = [];
  const ids = new Map<string, number>();
  const intern = (text: string): number => {
    let id = ids.get(text);
    if (id === undefined) {
      id = texts.push(text) - 1;
      ids.set(text, id);
    }
    return id;
  };
  const textOf = (id: number): string => texts[id] as string;
  const weights = [...frequencies.values()];
  const words = Array.from(frequencies.keys(), (word) => bpeSymbols(word).map(intern));

  const pairs = new Map<number, Pair>();
  const touched = new Set<Pair>();
  const addPairs = (index: number, sign: 1 | -1): void => {
    const symbols = words[index] as number[];
    const change = sign * (weights[index] as number);
    for (let i = 0; i + 1 < symbols.length; i++) {
      const [left, right] = [symbols[i] as number, symbols[i + 1] as number];
      const key = left * 0x400_0000 + right;
      let pair = pairs.get(key);
      if (pair === undefined) {
        pair = { left, right, count: 0, words: new Set() };
        pairs.set(key, pair);
      }
      pair.count += change;
      if (sign < 0) continue;
      pair.words.add(index);
      touched.add(pair);
    }
  };

  // An entry goes stale when its pair's count falls. When it reaches the top, it is put back with the true
  // count.
  const queue = createPriorityQueue<{ readonly pair: Pair; readonly count: number }>((a, b) => {
    if (a.count !== b.count) return a.count > b.count;
    const order =
      compareCodePoints(textOf(a.pair.left), textOf(b.pair.left)) ||
      compareCodePoints(textOf(a.pair.right), textOf(b.pair.right));
    return order > 0;
  });
  const enqueueTouched = (): void => {
    for (const pair of touched) queue.push({ pair, count: pair.count });
    touched.clear();
  };

  words.forEach((_, index) => addPairs(index, 1));
  enqueueTouched();
  const merges: BpeMerge[] = [];
  while (merges.length < limit) {
    const top = queue.pop();
    if (top === undefined || top.count < minFrequency) break;
    const { pair, count } = top;
    if (pair.count !== count) {
      if (pair.count < count) queue.push({ pair, count: pair.count });
      continue;
    }
    merges.push([textOf(pair.left), textOf(pair.right)]);
    const merged = intern(textOf(pair.left) + textOf(pair.right));
    const occurrences = [...pair.words];
    pair.words.clear();
    for (const index of occurrences) {
      addPairs(index, -1);
      words[index] = mergePair(words[index] as number[], pair, merged);
      addPairs(index, 1);
    }
    enqueueTouched();
  }
  return merges;
}

function countWords(lines: Iterable<string>, tokenize: (line: string) => string[]): Map<string, number> {
  const frequencies = new Map<string, number>();
  for (const line of lines) {
    for (const word of tokenize(checkText('learnBpe: line', line))) {
      if (word !== '') frequencies.set(word, (frequencies.get(word) ?? 0) + 1);
    }
  }
  return frequencies;
}

function mergePair(symbols: readonly number[], { left, right }: Pair, merged: number): number[] {
  const result: number[] = [];
  for (let i = 0; i < symbols.length; i++) {
    const found = symbols[i] === left && symbols[i + 1] === right;
    result.push(found ? merged : (symbols[i] as number));
    if (found) i++;
  }
  return result;
}

/** Python's order of strings; `<` would put characters above U+FFFF before some below. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit < 0xe000 ? unit + 0x1_0000 : unit;
}

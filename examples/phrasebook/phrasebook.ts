import { createRandom } from 'tfjs-seq2seq';
import { drawPair } from './grammar.js';
import type { Pair } from './sentence.js';

/** Options of {@link phrasebook}. */
export interface PhrasebookOptions {
  /** Chooses the sentences. Default 1. */
  readonly seed?: number;
  /** How many pairs to make, both parts together. Default 28,000. */
  readonly pairs?: number;
}

/** Sentence pairs to learn from, and pairs to be asked for. */
export interface Phrasebook {
  readonly train: readonly Pair[];
  /** Their combinations of subject, verb and object never stand in `train`. All their words do. */
  readonly heldOut: readonly Pair[];
}

const HELD_OUT_SHARE = 0.05;
const MOST_TOKENS = 10;

/**
 * English sentences with their French translations, tokens divided by blanks. They come from a small grammar:
 * verbs are conjugated, articles and adjectives agree and change place. There is elision, contraction,
 * negation, and there are questions and numbers. No English sentence occurs twice. The same seed gives the
 * same pairs.
 */
export function phrasebook({ seed = 1, pairs = 28_000 }: PhrasebookOptions = {}): Phrasebook {
  const random = createRandom(seed);
  const isHeldOut = new Map<string, boolean>();
  const seen = new Set<string>();
  const train: Pair[] = [];
  const heldOut: Pair[] = [];
  while (seen.size < pairs) {
    const { source, target, combination } = drawPair(random);
    if (seen.has(source) || tokens(source).length > MOST_TOKENS || tokens(target).length > MOST_TOKENS)
      continue;
    seen.add(source);
    const held = isHeldOut.get(combination) ?? random.next() < HELD_OUT_SHARE;
    isHeldOut.set(combination, held);
    (held ? heldOut : train).push({ source, target });
  }
  return { train, heldOut: keepKnown(heldOut, train) };
}

/** Leaves out what has a word that nobody could have learnt. */
function keepKnown(heldOut: readonly Pair[], train: readonly Pair[]): Pair[] {
  const sources = new Set(train.flatMap(({ source }) => tokens(source)));
  const targets = new Set(train.flatMap(({ target }) => tokens(target)));
  return heldOut.filter(
    ({ source, target }) =>
      tokens(source).every((token) => sources.has(token)) &&
      tokens(target).every((token) => targets.has(token)),
  );
}

function tokens(sentence: string): string[] {
  return sentence.split(' ');
}

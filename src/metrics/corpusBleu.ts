import { mismatch } from '../core/errors.js';
import { checkOptionNames, finiteNumber, flag, oneOf, wholeNumber } from '../core/options.js';
import { bleuTokenizers, type BleuTokenizer } from './bleuTokenizer.js';
import { checkPaired, checkSegments, type Segment } from './segments.js';

/** Options of {@link corpusBleu}; names and defaults are sacreBLEU's. */
export interface CorpusBleuOptions {
  /** `13a` (default): mteval's; `char`: code points; `none`: at white space. Not for token lists. */
  readonly tokenize?: BleuTokenizer;
  /**
   * What stands in for a precision of 0: `exp` (default) halves at each, `floor` counts `smoothingValue` matches,
   * `add-k` adds `smoothingValue` to matches and totals of every order above 1, `none` leaves the 0.
   */
  readonly smoothing?: 'exp' | 'floor' | 'add-k' | 'none';
  /** For `floor` (default 0.1) and `add-k` (default 1) alone. */
  readonly smoothingValue?: number;
  /** The longest n-gram. Default 4. */
  readonly order?: number;
  /** Lower-cases both sides. Default false. */
  readonly lowercase?: boolean;
  /** Leaves out orders that no hypothesis is long enough for; for single sentences. Default false. */
  readonly effectiveOrder?: boolean;
}

/** What {@link corpusBleu} finds. */
export interface BleuScore {
  /** BLEU in percent, 0 to 100. */
  readonly score: number;
  /** Precision of each order in percent, after smoothing. */
  readonly precisions: readonly number[];
  /** 1 where the hypotheses are at least as long as the references, down to 0. */
  readonly brevityPenalty: number;
  /** N-grams found in a reference, by order, before smoothing. */
  readonly correct: readonly number[];
  /** N-grams of the hypotheses, by order, before smoothing. */
  readonly total: readonly number[];
  /** Tokens of the hypotheses. */
  readonly hypothesisLength: number;
  /** Tokens of the references; of several, the one closest in length (then the shorter) counts. */
  readonly referenceLength: number;
}

const NAMES = ['tokenize', 'smoothing', 'smoothingValue', 'order', 'lowercase', 'effectiveOrder'] as const;

/**
 * Corpus BLEU (Papineni et al. 2002) with the definitions of sacreBLEU (Post 2018), equal to it to rounding.
 *
 * @param hypotheses what the model wrote: strings, or token lists
 * @param references one or more sets of references: `references[k][n]` belongs to `hypotheses[n]`
 * @throws `invalid-input` for an empty corpus, counts that differ, or text mixed with tokens; `invalid-option`
 *
 * @example
 * ```ts
 * import { corpusBleu } from 'tfjs-seq2seq';
 *
 * const { score } = corpusBleu(['the cat is on the red mat .'], [['the cat sat on the red mat .']]);
 * console.log(score.toFixed(1)); // 59.5
 * ```
 */
export function corpusBleu(
  hypotheses: readonly Segment[],
  references: readonly (readonly Segment[])[],
  options: CorpusBleuOptions = {},
): BleuScore {
  const where = 'corpusBleu';
  checkOptionNames(where, options, NAMES);
  const order = wholeNumber(where, 'order', options.order ?? 4);
  const split = splitter(where, hypotheses, references, options);
  const ids = new Map<string, number>();
  const encode = (segment: Segment): number[] => split(segment).map((token) => intern(ids, token));

  const correct = new Array<number>(order).fill(0);
  const total = new Array<number>(order).fill(0);
  let hypothesisLength = 0;
  let referenceLength = 0;
  hypotheses.forEach((segment, n) => {
    const hypothesis = encode(segment);
    const alternatives = references.map((set) => encode(set[n] as Segment));
    hypothesisLength += hypothesis.length;
    referenceLength += closest(hypothesis.length, alternatives);
    for (let size = 1; size <= order; size++) {
      total[size - 1]! += Math.max(0, hypothesis.length - size + 1);
      correct[size - 1]! += matches(hypothesis, alternatives, size);
    }
  });
  return score(where, { correct, total, hypothesisLength, referenceLength }, options);
}

type Counts = Pick<BleuScore, 'correct' | 'total' | 'hypothesisLength' | 'referenceLength'>;

function score(where: string, counts: Counts, options: CorpusBleuOptions): BleuScore {
  const effectiveOrder = flag(where, 'effectiveOrder', options.effectiveOrder ?? false);
  const smoothing = oneOf(where, 'smoothing', options.smoothing ?? 'exp', ['exp', 'floor', 'add-k', 'none']);
  const smoothingValue = valueOf(where, smoothing, options.smoothingValue);
  const { correct, total, hypothesisLength, referenceLength } = counts;
  const brevityPenalty =
    hypothesisLength >= referenceLength
      ? 1
      : hypothesisLength === 0
        ? 0
        : Math.exp(1 - referenceLength / hypothesisLength);
  const precisions = correct.map(() => 0);
  const result = { precisions, brevityPenalty, ...counts };
  if (correct.every((count) => count === 0)) return { score: 0, ...result };

  let orders = effectiveOrder ? 0 : correct.length;
  let halving = 1;
  for (let n = 0; n < correct.length; n++) {
    const added = smoothing === 'add-k' && n > 0 ? smoothingValue : 0;
    const found = correct[n]! + added;
    const possible = total[n]! + added;
    if (possible === 0) break;
    if (effectiveOrder) orders = n + 1;
    if (found > 0) precisions[n] = (100 * found) / possible;
    else if (smoothing === 'exp') precisions[n] = 100 / ((halving *= 2) * possible);
    else if (smoothing === 'floor') precisions[n] = (100 * smoothingValue) / possible;
  }
  // Shares rather than percents, so that a perfect score is exactly 100.
  const logarithms = precisions
    .slice(0, orders)
    .reduce((sum, precision) => sum + Math.log(precision / 100), 0);
  return { score: 100 * brevityPenalty * Math.exp(logarithms / orders), ...result };
}

function valueOf(where: string, smoothing: string, value: number | undefined): number {
  if (value === undefined) return smoothing === 'floor' ? 0.1 : 1;
  if (smoothing === 'floor' || smoothing === 'add-k')
    return finiteNumber(where, 'smoothingValue', value, { min: 0 });
  throw mismatch('invalid-option', {
    where,
    expected: "smoothing 'floor' or 'add-k' together with smoothingValue",
    received: smoothing,
  });
}

/** Checks the corpus, and returns how its sentences become tokens. */
function splitter(
  where: string,
  hypotheses: readonly Segment[],
  references: readonly (readonly Segment[])[],
  options: CorpusBleuOptions,
): (segment: Segment) => readonly string[] {
  const tokenize = oneOf(where, 'tokenize', options.tokenize ?? '13a', ['13a', 'char', 'none']);
  const lowercase = flag(where, 'lowercase', options.lowercase ?? false);
  if (!isSets(references)) {
    throw mismatch('invalid-input', {
      where,
      expected: 'one or more sets of references',
      received: references,
      hint: 'Wrap a single set: corpusBleu(hypotheses, [references]).',
    });
  }
  for (const set of references) checkPaired(where, hypotheses, set);
  if (checkSegments(where, hypotheses.concat(...references))) {
    if (options.tokenize !== undefined) {
      throw mismatch('invalid-option', {
        where,
        expected: 'no tokenize option for token lists',
        received: tokenize,
      });
    }
    const lower = (token: string): string => token.toLowerCase();
    return (tokens) => (lowercase ? (tokens as readonly string[]).map(lower) : (tokens as readonly string[]));
  }
  const split = bleuTokenizers[tokenize];
  return (text) => split(lowercase ? (text as string).toLowerCase() : (text as string));
}

/** What types alone do not catch: one set that was not wrapped. */
function isSets(references: unknown): boolean {
  return Array.isArray(references) && references.length > 0 && references.every((set) => Array.isArray(set));
}

function intern(ids: Map<string, number>, token: string): number {
  const id = ids.get(token) ?? ids.size;
  ids.set(token, id);
  return id;
}

function closest(length: number, references: readonly (readonly number[])[]): number {
  const lengths = references.map((reference) => reference.length);
  return lengths.reduce((best, candidate) => {
    const gain = Math.abs(best - length) - Math.abs(candidate - length);
    return gain > 0 || (gain === 0 && candidate < best) ? candidate : best;
  });
}

/** How many n-grams of `hypothesis` are matched, each at most as often as it stands in one reference. */
function matches(
  hypothesis: readonly number[],
  references: readonly (readonly number[])[],
  size: number,
): number {
  const limits = new Map<string, number>();
  for (const reference of references) {
    for (const [ngram, count] of countNgrams(reference, size)) {
      limits.set(ngram, Math.max(count, limits.get(ngram) ?? 0));
    }
  }
  let found = 0;
  for (const [ngram, count] of countNgrams(hypothesis, size))
    found += Math.min(count, limits.get(ngram) ?? 0);
  return found;
}

function countNgrams(ids: readonly number[], size: number): Map<string, number> {
  const counts = new Map<string, number>();
  for (let start = 0; start + size <= ids.length; start++) {
    const ngram = ids.slice(start, start + size).join();
    counts.set(ngram, (counts.get(ngram) ?? 0) + 1);
  }
  return counts;
}

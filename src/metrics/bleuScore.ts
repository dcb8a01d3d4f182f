/** What `corpusBleu` finds. */
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
  /** Tokens of the references. Of several, the one closest in length counts, then the shorter. */
  readonly referenceLength: number;
}

/** What BLEU is worked out from. */
export type BleuCounts = Pick<BleuScore, 'correct' | 'total' | 'hypothesisLength' | 'referenceLength'>;

/** The longest n-grams that BLEU counts unless told otherwise. */
export const BLEU_ORDER = 4;

/** How BLEU treats precisions of 0 and orders that nothing is long enough for; see `CorpusBleuOptions`. */
export interface BleuSmoothing {
  readonly smoothing?: 'exp' | 'floor' | 'add-k' | 'none';
  readonly smoothingValue?: number;
  readonly effectiveOrder?: boolean;
}

/**
 * Counts the n-grams of a corpus up to an order (Papineni et al. 2002, §2.1).
 *
 * @param hypotheses tokens a sentence
 * @param references the same, set by set
 */
export function countMatches(
  hypotheses: readonly (readonly string[])[],
  references: readonly (readonly (readonly string[])[])[],
  order: number,
): BleuCounts {
  const ids = new Map<string, number>();
  const encode = (tokens: readonly string[]): number[] => tokens.map((token) => intern(ids, token));
  const correct = new Array<number>(order).fill(0);
  const total = new Array<number>(order).fill(0);
  let hypothesisLength = 0;
  let referenceLength = 0;
  hypotheses.forEach((tokens, n) => {
    const hypothesis = encode(tokens);
    const alternatives = references.map((set) => encode(set[n] as readonly string[]));
    hypothesisLength += hypothesis.length;
    referenceLength += closest(hypothesis.length, alternatives);
    for (let size = 1; size <= order; size++) {
      total[size - 1]! += Math.max(0, hypothesis.length - size + 1);
      correct[size - 1]! += matches(hypothesis, alternatives, size);
    }
  });
  return { correct, total, hypothesisLength, referenceLength };
}

/** BLEU of a corpus whose n-grams are counted (Papineni et al. 2002, §2.3). */
export function bleuOf(
  counts: BleuCounts,
  {
    smoothing = 'exp',
    smoothingValue = smoothing === 'floor' ? 0.1 : 1,
    effectiveOrder = false,
  }: BleuSmoothing = {},
): BleuScore {
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

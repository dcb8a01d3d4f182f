import { mismatch } from '../core/errors.js';
import { createRandom, shuffle as shuffled } from '../core/random.js';

/** How a dataset is cut into batches. Exactly one of `batchSize` and `maxTokens` says how large they get. */
export interface BatchOptions {
  /** Examples a batch. */
  readonly batchSize?: number;
  /**
   * Most positions a batch, padding included: examples × the longest sequence of either side.
   * Lengths are the examples' own. Start and end tokens come on top.
   */
  readonly maxTokens?: number;
  /** Whether examples of similar length share a batch, to save padding. Default true. */
  readonly bucketByLength?: boolean;
  /** Whether batches and what they hold come in random order. Default true. */
  readonly shuffle?: boolean;
  /** Seed of the order: the same seed, the same batches. Take another one each epoch. Default 0. */
  readonly seed?: number;
  /** Whether to leave out the last batch where it is not full. Default false. */
  readonly dropLast?: boolean;
}

/** The lengths of one example. */
export interface ExampleLengths {
  /** Positions of the source. */
  readonly source: number;
  /** Positions of the target. */
  readonly target: number;
}

/** Examples that are sorted together when shuffling. */
const windowSize = 20_000;

/**
 * Which examples share a batch: `planBatches` for options and lengths that are checked already.
 *
 * @throws `invalid-input` for an example beyond `maxTokens`
 */
export function batchIndices(
  lengths: readonly ExampleLengths[],
  { batchSize, maxTokens, bucketByLength = true, shuffle = true, seed = 0, dropLast = false }: BatchOptions,
): number[][] {
  const random = createRandom(seed);
  let order = lengths.map((_, index) => index);
  if (shuffle) shuffled(order, random);
  if (bucketByLength) order = sortWindows(order, lengths, shuffle ? windowSize : lengths.length);

  const size = (index: number): number => {
    const { source, target } = lengths[index] as ExampleLengths;
    const longest = Math.max(source, target);
    if (maxTokens === undefined || longest <= maxTokens) return longest;
    throw mismatch('invalid-input', {
      where: 'batches',
      expected: `examples of at most ${maxTokens} tokens, the maxTokens option,`,
      received: longest,
      hint: `Leave example ${index} out, or raise maxTokens.`,
    });
  };
  const fits = (count: number, longest: number): boolean =>
    batchSize !== undefined ? count <= batchSize : count * longest <= (maxTokens as number);
  const plan: number[][] = [];
  let current: number[] = [];
  let longest = 0;
  for (const index of order) {
    const widened = Math.max(longest, size(index));
    if (current.length > 0 && !fits(current.length + 1, widened)) {
      plan.push(current);
      current = [];
      longest = 0;
    }
    current.push(index);
    longest = Math.max(longest, size(index));
  }
  if (!dropLast || !fits(current.length + 1, longest)) plan.push(current);
  return shuffle ? shuffled(plan, random) : plan;
}

/**
 * Sorts each window by target length, then by source length.
 *
 * Windows go upwards and downwards in turns, and so do the sources of one target length and the next.
 * So lengths change little wherever a batch ends.
 */
function sortWindows(order: readonly number[], lengths: readonly ExampleLengths[], window: number): number[] {
  const sorted: number[] = [];
  for (let start = 0; start < order.length; start += window) {
    const sign = (start / window) % 2 === 0 ? 1 : -1;
    const part = order.slice(start, start + window).sort((i, j) => {
      const [a, b] = [lengths[i] as ExampleLengths, lengths[j] as ExampleLengths];
      return sign * (a.target - b.target || (a.target % 2 === 0 ? b.source - a.source : a.source - b.source));
    });
    for (const index of part) sorted.push(index);
  }
  return sorted;
}

import type { LengthPenalty } from '../../contracts/generationOptions.js';
import { describe, mismatch } from '../../core/errors.js';
import { finiteNumber } from '../../core/options.js';
import type { Path } from './hypothesisNode.js';

/** The least attention that a source position counts as having got: keeps the logarithm finite. */
const LEAST_COVERAGE = 1e-10;

/** Checks a {@link LengthPenalty} and turns it into a function of the length, end token included. */
export function lengthDivisor(where: string, penalty: LengthPenalty = 'none'): (length: number) => number {
  if (penalty === 'none') return () => 1;
  if (typeof penalty === 'function') {
    return (length) => finiteNumber(where, `lengthPenalty(${length})`, penalty(length), { above: 0 });
  }
  const [[name, value] = [], ...others] = Object.entries(Object(penalty) as object) as [string, unknown][];
  if (others.length === 0 && (name === 'gnmt' || name === 'length')) {
    const alpha = finiteNumber(where, `lengthPenalty.${name}`, value);
    return (length) => (name === 'gnmt' ? (5 + length) / 6 : length) ** alpha;
  }
  throw mismatch('invalid-option', {
    where,
    expected: "lengthPenalty to be 'none', { gnmt: α }, { length: α } or a function of the length",
    received: penalty,
  });
}

/**
 * The largest divisor of the lengths `from` to `to`, by the penalty's own divisor `f`. Those that are named rise or fall all the way;
 * of a function every value is looked at, once for each `to`.
 */
export function largestDivisor(
  penalty: LengthPenalty | undefined,
  f: (length: number) => number,
): (from: number, to: number) => number {
  if (typeof penalty !== 'function') return (from, to) => Math.max(f(from), f(to));
  const tables = new Map<number, Float64Array>();
  return (from, to) => {
    let table = tables.get(to);
    if (table === undefined) {
      table = new Float64Array(to + 1);
      for (let length = to, largest = -Infinity; length >= 1; length--) {
        largest = Math.max(largest, f(length));
        table[length] = largest;
      }
      tables.set(to, table);
    }
    return table[from] as number;
  };
}

/**
 * Σᵢ log(min(Σₜ aₜᵢ, 1)) over the source positions i (Wu et al. 2016, eq. 14): 0 where every position got attention.
 */
export function coverage(where: string, path: Path): number {
  if (path.attention === null) {
    throw mismatch('incompatible-parts', {
      where,
      expected: 'a step function that returns attention, for coveragePenalty',
      received: undefined,
      hint: 'Leave coveragePenalty out, or use a model with attention.',
    });
  }
  const sums = new Float64Array(path.attention.length);
  for (let node: Path | null = path; node !== null; node = node.parent) {
    const { attention } = node;
    if (attention === null || attention.length !== sums.length) {
      throw mismatch('invalid-shape', {
        where,
        expected: `attention over ${sums.length} source positions at every step`,
        received: describe(attention?.length),
      });
    }
    attention.forEach((weight, i) => (sums[i] = (sums[i] as number) + weight));
  }
  return sums.reduce((total, sum) => total + Math.log(Math.min(Math.max(sum, LEAST_COVERAGE), 1)), 0);
}

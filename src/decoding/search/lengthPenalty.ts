import type { LengthPenalty } from '../../contracts/generationOptions.js';
import { mismatch } from '../../core/errors.js';
import { finiteNumber } from '../../core/options.js';

/** Checks a {@link LengthPenalty} and turns it into a divisor of scores by the length, end token included. */
export function lengthDivisor(where: string, penalty: LengthPenalty): (length: number) => number {
  if (penalty === 'none') return () => 1;
  if (typeof penalty === 'function') {
    return (length) => finiteNumber({ above: 0 })(where, `lengthPenalty(${length})`, penalty(length));
  }
  const [[name, value] = [], ...others] = Object.entries(Object(penalty) as object) as [string, unknown][];
  if (others.length === 0 && (name === 'gnmt' || name === 'length')) {
    const alpha = finiteNumber()(where, `lengthPenalty.${name}`, value);
    return (length) => (name === 'gnmt' ? (5 + length) / 6 : length) ** alpha;
  }
  throw mismatch('invalid-option', {
    where,
    expected: "lengthPenalty to be 'none', { gnmt: α }, { length: α } or a function of the length",
    received: penalty,
  });
}

/**
 * The largest divisor of the lengths `from` to `to`.
 *
 * The named penalties only rise or only fall, so their largest divisor stands at one of the ends, however far
 * away. Of a function every value is computed, once for each `to`.
 *
 * @param divisor what `lengthDivisor` makes of the penalty
 */
export function largestDivisor(
  penalty: LengthPenalty,
  divisor: (length: number) => number,
): (from: number, to: number) => number {
  if (typeof penalty !== 'function') return (from, to) => Math.max(divisor(from), divisor(to));
  const tables = new Map<number, Float64Array>();
  return (from, to) => {
    let table = tables.get(to);
    if (table === undefined) {
      table = new Float64Array(to + 1);
      for (let length = to, largest = 0; length >= 1; length--)
        table[length] = largest = Math.max(largest, divisor(length));
      tables.set(to, table);
    }
    return table[from] as number;
  };
}

import type { RealTokens } from '../ops/realTokens.js';

/** Which rows of a padded batch are worked on at each step, and where the results stand. */
export interface StepRows {
  /** Real tokens of each row. */
  readonly lengths: Int32Array;
  /** How many of the first rows each step works on; never more than the step before. */
  readonly counts: readonly number[];
  /** The positions that are worked on, step after step; padding is among them only until its row leaves. */
  readonly order: RealTokens & { readonly positions: Int32Array };
  /** Where each real token, sentence by sentence, stands in `order`. */
  readonly tokens: Int32Array;
}

/** Rows leave once so many of them have ended, as a share: each time costs a copy of what the steps read. */
const LEAVE_AT = 0.2;

/**
 * Rows that have ended leave the work where they stand last, as in a batch whose targets come by falling length; else all rows
 * stay to the end.
 *
 * @param lengths real tokens of each row
 * @param time length of the padded rows
 */
export function stepRows(lengths: Int32Array, time: number): StepRows {
  const counts: number[] = [];
  let count = lengths.length;
  let living = count; // the rows up to the last one that goes on
  for (let t = 0; t < time; t++) {
    while (living > 1 && (lengths[living - 1] as number) <= t) living--;
    if (living <= (1 - LEAVE_AT) * count) count = living;
    counts.push(count);
  }
  const starts: number[] = [];
  const positions: number[] = [];
  const rows: number[] = [];
  counts.forEach((worked, t) => {
    starts.push(positions.length);
    for (let row = 0; row < worked; row++) {
      positions.push(row * time + t);
      rows.push(row);
    }
  });
  const tokens = Array.from(lengths).flatMap((length, row) =>
    Array.from({ length }, (_, t) => (starts[t] as number) + row),
  );
  return {
    lengths,
    counts,
    order: { count: positions.length, positions: Int32Array.from(positions), rows: Int32Array.from(rows) },
    tokens: Int32Array.from(tokens),
  };
}

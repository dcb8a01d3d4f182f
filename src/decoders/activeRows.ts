import type { RealTokens } from '../ops/realTokens.js';

/**
 * Which rows of a batch each step works on. With it a batch stands in one of three orders:
 *
 * - **padded**, `[batch, time]`: row after row, each as long as the longest;
 * - **tokens**, `[tokens]`: the real positions alone, row after row, as `realTokens` lists them;
 * - **packed**, `[packed]`: the rows of the first step, then those of the second, and so on, as in PyTorch's
 *   `PackedSequence`. Step `t` has `batchSizes[t]` rows, the first of the batch.
 *
 * PyTorch sorts rows by falling length, so that its packed sequences hold no padding. Here rows stay where
 * they are. A row that ends before a later row does is padded until both leave.
 */
export interface ActiveRows {
  /** Real tokens of each row. */
  readonly lengths: Int32Array;
  /** How many rows each step works on, from the first; never more than the step before. */
  readonly batchSizes: readonly number[];
  /** Where each element of the packed order stands in the padded one. */
  readonly packed: RealTokens & { readonly positions: Int32Array };
  /** Where each of the tokens stands in the packed order. */
  readonly tokensInPacked: Int32Array;
}

/** The share of the rows that must have ended before they leave, which costs a copy of what steps read. */
const LEAVE_AT = 0.2;

/**
 * Says which rows go on at each step. Rows that have ended leave if no later row goes on, as in a batch whose
 * targets come by falling length.
 *
 * @param lengths real tokens of each row
 * @param time length of the padded rows
 */
export function activeRows(lengths: Int32Array, time: number): ActiveRows {
  const batchSizes = shrinkingSizes(lengths, time);
  const starts: number[] = []; // of each step in the packed order
  const positions: number[] = [];
  const rows: number[] = [];
  batchSizes.forEach((size, t) => {
    starts.push(positions.length);
    for (let row = 0; row < size; row++) {
      positions.push(row * time + t);
      rows.push(row);
    }
  });
  const tokensInPacked = Array.from(lengths).flatMap((length, row) =>
    Array.from({ length }, (_, t) => (starts[t] as number) + row),
  );
  return {
    lengths,
    batchSizes,
    packed: { count: positions.length, positions: Int32Array.from(positions), rows: Int32Array.from(rows) },
    tokensInPacked: Int32Array.from(tokensInPacked),
  };
}

function shrinkingSizes(lengths: Int32Array, time: number): number[] {
  const sizes: number[] = [];
  let size = lengths.length;
  let needed = size; // the rows up to the last one that goes on
  for (let t = 0; t < time; t++) {
    while (needed > 1 && (lengths[needed - 1] as number) <= t) needed--;
    if (needed <= (1 - LEAVE_AT) * size) size = needed;
    sizes.push(size);
  }
  return sizes;
}

import { concat, reshape, slice, tensor, tidy, where, type Tensor } from '@tensorflow/tfjs-core';
import { firstRows } from '../core/containers.js';
import type { Forcing } from '../contracts/decoder.js';
import type { StepRows } from './activeRows.js';

/** The positions, from 1 on, where some row that has not ended is fed a prediction. */
export function freePositions(forcing: Forcing, { lengths, counts }: StepRows): number[] {
  if (forcing === null) return [];
  const isFree = (t: number): boolean =>
    lengths.some((length, row) => t < length && forcing[row * counts.length + t] === 0);
  return [...counts.keys()].filter((t) => t > 0 && isFree(t));
}

/**
 * What is fed at one position of `time`: the reference or, where a row is free, its prediction.
 *
 * @param reference of all rows, `[batch]` or `[batch, features]`
 * @param predicted of the first rows
 */
export function chooseFed<T extends Tensor>(
  reference: T,
  predicted: T,
  forcing: Forcing,
  [position, time]: [number, number],
): T {
  const [rows, ...rest] = predicted.shape as [number, ...number[]];
  const flags = Uint8Array.from({ length: rows }, (_, row) => forcing?.[row * time + position] ?? 1);
  const chosen = flags.some((isForced) => isForced !== 0)
    ? where(tensor(flags, [rows, ...rest.map(() => 1)], 'bool'), firstRows(reference, rows), predicted)
    : predicted;
  return (rows === reference.shape[0] ? chosen : concat([chosen, slice(reference, [rows])])) as T;
}

/** What stands at one position of a sequence. */
export function at<T extends Tensor>(sequence: Tensor, t: number): T {
  const [batch, , ...rest] = sequence.shape as [number, number, ...number[]];
  return tidy(() => reshape(slice(sequence, [0, t], [batch, 1]), [batch, ...rest])) as T;
}

import { add, mul, sub, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { mismatch } from '../../core/errors.js';
import { isIterable } from '../../core/iterables.js';

/** What a ban adds to a score. It is finite, so that no arithmetic with it gives NaN on any backend. */
export const BAN = -1e30;

/**
 * A score from here down means a ban. No model gives such a score, and a ban stays far below it when a
 * temperature scales it.
 */
export const BANNED_FROM = -1e15;

/** Whether a score means that its token may not be chosen. The model's own infinities count too. */
export function isBanned(score: number): boolean {
  return !(score > BANNED_FROM);
}

/**
 * Bans tokens row by row, in one addition.
 *
 * @param where the processor, for messages
 * @param scores `[rows, vocabulary]`
 * @param banned the ids to ban in each row
 */
export function banInRows(where: string, scores: Tensor2D, banned: readonly Iterable<number>[]): Tensor2D {
  const [rows, vocabulary] = scores.shape;
  const mask = new Float32Array(rows * vocabulary);
  let any = false;
  banned.forEach((ids, row) => {
    for (const id of ids) {
      mask[row * vocabulary + checkId(where, id, vocabulary)] = BAN;
      any = true;
    }
  });
  return any ? add(scores, tensor2d(mask, [rows, vocabulary])) : scores;
}

/** Bans all but the given ids in each row; `undefined` allows all. */
export function allowInRows(
  where: string,
  scores: Tensor2D,
  allowed: readonly (Iterable<number> | undefined)[],
): Tensor2D {
  if (allowed.every((ids) => ids === undefined)) return scores;
  const [rows, vocabulary] = scores.shape;
  const mask = new Float32Array(rows * vocabulary);
  allowed.forEach((ids, row) => {
    if (ids === undefined) return;
    if (!isIterable(ids)) {
      const expected = 'an iterable of ids, or undefined where all are allowed,';
      throw mismatch('invalid-option', { where, expected, received: ids });
    }
    mask.fill(BAN, row * vocabulary, (row + 1) * vocabulary);
    for (const id of ids) mask[row * vocabulary + checkId(where, id, vocabulary)] = 0;
  });
  return add(scores, tensor2d(mask, [rows, vocabulary]));
}

/** Bans the same ids in every row. */
export function banEverywhere(where: string, scores: Tensor2D, ids: Iterable<number>): Tensor2D {
  const vocabulary = scores.shape[1];
  const mask = new Float32Array(vocabulary);
  for (const id of ids) mask[checkId(where, id, vocabulary)] = BAN;
  return add(scores, tensor2d(mask, [1, vocabulary]));
}

/** Bans every token where `kept` is 0. It is `[rows, vocabulary]`, and 1 elsewhere. */
export function banWhereNot(scores: Tensor2D, kept: Tensor2D): Tensor2D {
  return add(scores, mul(sub(1, kept), BAN));
}

function checkId(where: string, id: number, vocabulary: number): number {
  if (Number.isInteger(id) && id >= 0 && id < vocabulary) return id;
  throw mismatch('invalid-option', { where, expected: `ids from 0 to ${vocabulary - 1}`, received: id });
}

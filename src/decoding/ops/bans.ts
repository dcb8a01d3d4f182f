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
 * Bans tokens, in one addition.
 *
 * @param where the processor, for messages
 * @param scores `[rows, vocabulary]`
 * @param banned the ids to ban in each row; a single list is for all rows
 */
export function banInRows(where: string, scores: Tensor2D, banned: readonly Iterable<number>[]): Tensor2D {
  return addAtIds(where, scores, banned, BAN, 0);
}

/** Bans all but the given ids in each row; `undefined` allows all. */
export function allowInRows(
  where: string,
  scores: Tensor2D,
  allowed: readonly (Iterable<number> | undefined)[],
): Tensor2D {
  return addAtIds(where, scores, allowed, 0, BAN);
}

/**
 * Adds `inside` at the ids of each row, and `outside` at its other ids. A row without a list stays as it is.
 */
function addAtIds(
  where: string,
  scores: Tensor2D,
  lists: readonly (Iterable<number> | undefined)[],
  inside: number,
  outside: number,
): Tensor2D {
  const vocabulary = scores.shape[1];
  const summand = new Float32Array(lists.length * vocabulary);
  let isZero = true;
  lists.forEach((ids, i) => {
    if (ids === undefined) return;
    if (!isIterable(ids)) {
      const expected = 'an iterable of ids, or undefined where all are allowed,';
      throw mismatch('invalid-option', { where, expected, received: ids });
    }
    const row = summand.subarray(i * vocabulary, (i + 1) * vocabulary).fill(outside);
    isZero &&= outside === 0;
    for (const id of ids) {
      if (!Number.isInteger(id) || id < 0 || id >= vocabulary) {
        const expected = `ids from 0 to ${vocabulary - 1}`;
        throw mismatch('invalid-option', { where, expected, received: id });
      }
      row[id] = inside;
      isZero &&= inside === 0;
    }
  });
  return isZero ? scores : add(scores, tensor2d(summand, [lists.length, vocabulary]));
}

/** Bans every token where `kept` is 0. It is `[rows, vocabulary]`, and 1 elsewhere. */
export function banWhereNot(scores: Tensor2D, kept: Tensor2D): Tensor2D {
  return add(scores, mul(sub(1, kept), BAN));
}

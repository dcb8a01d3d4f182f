import { mismatch } from '../core/errors.js';
import { readOptions, unchecked } from '../core/options.js';
import { checkPaired } from './segments.js';

/** Options of {@link tokenAccuracy} and {@link exactMatch}. */
export interface AccuracyOptions {
  /** Positions where the target has this id do not count. Default: all count. */
  readonly padId?: number;
}

/** What {@link tokenAccuracy} and {@link exactMatch} find. */
export interface Accuracy {
  /** `correct / total`, 0 to 1. */
  readonly accuracy: number;
  /** How many were right. */
  readonly correct: number;
  /** Of how many. */
  readonly total: number;
}

/**
 * The share of target tokens that were predicted at their place. A prediction that is too short misses the
 * rest. What it has beyond the target is not counted: see `exactMatch` and `wordErrorRate` for that.
 *
 * @param predicted rows of ids or tokens
 * @param targets rows that belong to them
 * @throws `invalid-input` for no rows, counts that differ, or not one target token; `invalid-option`
 *
 * @example
 * ```ts
 * import { tokenAccuracy } from 'tfjs-seq2seq';
 *
 * const found = tokenAccuracy([[7, 5, 5, 2]], [[7, 4, 0, 0]], { padId: 0 });
 * console.log(found); // { accuracy: 0.5, correct: 1, total: 2 }
 * ```
 */
export function tokenAccuracy<T extends number | string>(
  predicted: readonly ArrayLike<T>[],
  targets: readonly ArrayLike<T>[],
  options: AccuracyOptions = {},
): Accuracy {
  const where = 'tokenAccuracy';
  const { padId } = readOptions(where, options, { padId: [unchecked, undefined] });
  checkPaired(where, predicted, targets);
  let correct = 0;
  let total = 0;
  targets.forEach((target, n) => {
    const row = predicted[n]!;
    for (let i = 0; i < target.length; i++) {
      if (target[i] === padId) continue;
      total++;
      if (row[i] === target[i]) correct++;
    }
  });
  if (total === 0)
    throw mismatch('invalid-input', { where, expected: 'at least one target token', received: 0 });
  return { accuracy: correct / total, correct, total };
}

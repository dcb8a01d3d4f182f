import { readOptions, unchecked } from '../core/options.js';
import { checkPaired } from './segments.js';
import type { Accuracy, AccuracyOptions } from './tokenAccuracy.js';

/**
 * The share of sequences that are right from end to end. With `padId`, positions where the target has that id
 * do not count, whatever was predicted there. Nor does padding after the target's end.
 *
 * @param predicted strings, or rows of ids or tokens
 * @param targets what belongs to them, of the same kind
 * @throws `invalid-input` for no rows or counts that differ; `invalid-option`
 *
 * @example
 * ```ts
 * import { exactMatch } from 'tfjs-seq2seq';
 *
 * console.log(exactMatch(['je suis ici', 'il dort'], ['je suis ici', 'elle dort']).accuracy); // 0.5
 * ```
 */
export function exactMatch<T extends number | string>(
  predicted: readonly (string | ArrayLike<T>)[],
  targets: readonly (string | ArrayLike<T>)[],
  options: AccuracyOptions = {},
): Accuracy {
  const where = 'exactMatch';
  const { padId } = readOptions(where, options, { padId: [unchecked, undefined] });
  checkPaired(where, predicted, targets);
  const correct = targets.filter((target, n) => sameSequence(predicted[n]!, target, padId)).length;
  return { accuracy: correct / targets.length, correct, total: targets.length };
}

/**
 * Whether two sequences are equal, but for positions where the target has `padId` and padding after its end.
 */
export function sameSequence(
  predicted: ArrayLike<string | number>,
  target: ArrayLike<string | number>,
  padId?: number,
): boolean {
  for (let i = 0; i < Math.max(predicted.length, target.length); i++) {
    const ignored = i < target.length ? target[i] === padId : predicted[i] === padId;
    if (!ignored && predicted[i] !== target[i]) return false;
  }
  return true;
}

import { mismatch } from '../../core/errors.js';
import { isAsyncIterable } from '../../core/iterables.js';
import type { Example } from '../../data/example.js';
import { encodeInput, encodeTarget, type Pair } from './encodeInput.js';
import { isFrameSide, type ModelParts, type TargetSide, type TextSide } from '../modelParts.js';

/**
 * Turns pairs into examples.
 *
 * @throws `invalid-input` for no pairs, an empty source or a pair that lacks a side; the message names the pair
 */
export function encodePairs(
  where: string,
  { source, target }: Pick<ModelParts<TargetSide>, 'source' | 'target'>,
  pairs: Iterable<Pair>,
): Example[] {
  const examples: Example[] = [];
  for (const pair of listPairs(where, pairs)) {
    const place = `${where}: pair ${examples.length}`;
    if (pair === null || typeof pair !== 'object' || !('source' in pair && 'target' in pair)) {
      throw mismatch('invalid-input', {
        where: place,
        expected: 'an object with source and target',
        received: pair,
      });
    }
    examples.push({
      source: encodeInput(`${place}, source`, source, pair.source),
      target: (isFrameSide(target) ? encodeInput : encodeTarget)(
        `${place}, target`,
        target as TextSide,
        pair.target,
      ),
    });
  }
  if (examples.length === 0) {
    throw mismatch('invalid-input', { where, expected: 'at least one pair', received: 'an empty dataset' });
  }
  return examples;
}

/** Goes through an iterable once. @throws `invalid-input` for anything that cannot be gone through */
export function listPairs(where: string, pairs: Iterable<Pair>): Pair[] {
  if (typeof pairs === 'object' && pairs !== null && Symbol.iterator in pairs) return [...pairs];
  const streams = isAsyncIterable(pairs);
  throw mismatch('invalid-input', {
    where,
    expected: 'an array or iterable of pairs',
    received: streams ? 'an asynchronous iterable' : pairs,
    hint: streams ? 'Collect it first: for await (const pair of pairs) list.push(pair);' : '',
  });
}

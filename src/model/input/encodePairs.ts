import { mismatch } from '../../core/errors.js';
import { isAsyncIterable } from '../../core/iterables.js';
import type { Example } from '../../data/example.js';
import type { ModelParts, TargetSide } from '../modelParts.js';
import { encodeSide, sequenceOf, type Encoded, type EncodedInput, type Pair } from './encodeInput.js';
import { checkReadable } from './unreadable.js';

/** A pair after the first reading. */
export interface EncodedPair<Target extends TargetSide = TargetSide> {
  readonly source: EncodedInput;
  readonly target: Encoded<Target>;
}

type Sides<Target extends TargetSide> = Pick<ModelParts<Target>, 'source' | 'target' | 'encoder'>;

/**
 * Encodes pairs, one at a time, so that training need not keep the tokens of a whole dataset.
 *
 * @throws `invalid-input` for no pairs, a source that is empty or too long for the encoder, or a pair that
 * lacks a side; the message names it
 */
export function* encodePairs<Target extends TargetSide>(
  where: string,
  parts: Sides<Target>,
  pairs: Iterable<Pair>,
): Generator<EncodedPair<Target>, void> {
  let count = 0;
  for (const pair of iterate(where, pairs)) {
    const place = `${where}: pair ${count}`;
    if (pair === null || typeof pair !== 'object' || !('source' in pair && 'target' in pair)) {
      const expected = 'an object with source and target';
      throw mismatch('invalid-input', { where: place, expected, received: pair });
    }
    yield encodePair(`${place}, `, parts, pair);
    count++;
  }
  if (count > 0) return;
  throw mismatch('invalid-input', { where, expected: 'at least one pair', received: 'an empty dataset' });
}

/** Encodes one pair. `place` stands before `source` or `target` in messages. */
export function encodePair<Target extends TargetSide>(
  place: string,
  parts: Sides<Target>,
  pair: Pair,
): EncodedPair<Target> {
  const where = `${place}source`;
  const source: EncodedInput = encodeSide(where, parts.source, pair.source);
  checkReadable(where, parts, source, pair.source);
  return { source, target: encodeSide(`${place}target`, parts.target, pair.target) };
}

/** What training and the losses read of a pair. */
export function exampleOf({ source, target }: EncodedPair): Example {
  return { source: sequenceOf(source), target: sequenceOf(target) };
}

function iterate(where: string, pairs: Iterable<Pair>): Iterable<Pair> {
  if (typeof pairs === 'object' && pairs !== null && Symbol.iterator in pairs) return pairs;
  const streams = isAsyncIterable(pairs);
  throw mismatch('invalid-input', {
    where,
    expected: 'an array or iterable of pairs',
    received: streams ? 'an asynchronous iterable' : pairs,
    hint: streams ? 'Collect it first: for await (const pair of pairs) list.push(pair);' : '',
  });
}

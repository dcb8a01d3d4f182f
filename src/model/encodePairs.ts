import { mismatch } from '../core/errors.js';
import type { Example } from '../data/example.js';
import { encodeInput, type Pair } from './encodeInput.js';
import type { ModelParts } from './modelParts.js';

/**
 * Turns pairs into examples.
 *
 * @throws `invalid-input` for no pairs, an empty sentence or a pair that lacks a side; the message names the pair
 */
export function encodePairs(where: string, { source, target }: ModelParts, pairs: Iterable<Pair>): Example[] {
  const examples: Example[] = [];
  for (const pair of pairs) {
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
      target: encodeInput(`${place}, target`, target, pair.target),
    });
  }
  if (examples.length === 0) {
    throw mismatch('invalid-input', { where, expected: 'at least one pair', received: 'an empty dataset' });
  }
  return examples;
}

import { expect, test } from 'vitest';
import { checkLengths } from '../../src/modules/checkSequence.js';

test('lengths from 0 to the time are taken', () => {
  checkLengths('encode', 'source', Int32Array.of(3, 1, 0), [3, 3]);
});

test.each<[string, ArrayLike<number> | undefined, string]>([
  ['none', undefined, 'expected source lengths of 3 rows but received undefined.'],
  ['too few', [3, 1], 'expected source lengths of 3 rows but received "2 lengths".'],
  ['too long', [4, 1, 0], 'expected source lengths from 0 to 3, the time of the mask, but received 4.'],
  ['negative', [3, -1, 0], 'but received -1.'],
  ['broken', [3, 0.5, 0], 'but received 0.5.'],
])('lengths are refused: %s', (_, lengths, message) => {
  expect(() => checkLengths('encode', 'source', lengths as ArrayLike<number>, [3, 3])).toThrow(message);
});

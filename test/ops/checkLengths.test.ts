import { memory, tensor2d, type Tensor2D } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/index.js';
import { padSequences } from '../../src/data/padSequences.js';
import { checkLengths } from '../../src/ops/checkLengths.js';

let mask: Tensor2D;
let before: number;
beforeAll(async () => {
  await useBackend('cpu');
  before = memory().numTensors;
  mask = tensor2d([[1, 1, 1], [1, 0, 0], [0, 0, 0]]); // prettier-ignore
});
afterAll(() => {
  mask.dispose();
  expect(memory().numTensors).toBe(before);
});

test('the lengths of a mask that is padded at the end are taken', () => {
  checkLengths('encode', 'source', Int32Array.of(3, 1, 0), mask);
});

test.each<[string, ArrayLike<number> | undefined, string]>([
  ['none', undefined, 'invalid-shape encode: expected source lengths of 3 rows but received undefined'],
  ['too few', [3, 1], 'invalid-shape encode: expected source lengths of 3 rows but received "2 lengths"'],
  [
    'too long',
    [4, 1, 0],
    'invalid-input encode: expected source lengths from 0 to 3, the time of the mask, but received 4',
  ],
  ['negative', [3, -1, 0], 'but received -1'],
  ['broken', [3, 0.5, 0], 'but received 0.5'],
  [
    'shorter than the mask',
    [2, 1, 0],
    'the source mask of row 0 to be 1 up to its length, 2, and 0 after it',
  ],
  ['longer than the mask', [3, 2, 0], 'the source mask of row 1 to be 1 up to its length, 2, and 0 after it'],
])('lengths are refused: %s', (_, lengths, message) => {
  const refuse = (): string => {
    try {
      checkLengths('encode', 'source', lengths as ArrayLike<number>, mask);
    } catch (error) {
      const { code, message: text } = error as { code: string; message: string };
      return `${code} ${text}`;
    }
    return '';
  };
  expect(refuse()).toContain(message);
});

test('padding at the start is refused', () => {
  const { ids, mask: late, lengths } = padSequences([[4, 5, 6], [7]], { side: 'start' });
  expect(() => checkLengths('encode', 'source', lengths, late)).toThrow(
    'up to its length, 1, and 0 after it but received [0, 0, 1]. Padding must be at the end of each row',
  );
  ids.dispose();
  late.dispose();
});

import { describe, expect, test } from 'vitest';
import { extrapolate, inProportion } from '../../bench/extrapolate.js';

describe('extrapolate', () => {
  const small = { work: 1, ms: 10 };
  const large = { work: 3, ms: 14 };

  test('goes through both points and on in a straight line', () => {
    expect([1, 2, 3, 13].map((work) => extrapolate(small, large, work))).toEqual([10, 12, 14, 34]);
  });

  test('knows what starting costs, which growth in proportion does not', () => {
    expect(extrapolate(small, large, 0)).toBe(8);
    expect(inProportion(large, 0)).toBe(0);
    expect(inProportion(large, 6)).toBe(28);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exactMatch } from '../../src/metrics/exactMatch.js';
import { tokenAccuracy } from '../../src/metrics/tokenAccuracy.js';

interface Fixture {
  accuracy: {
    predicted: number[][];
    target: number[][];
    pad: number;
    token_accuracy: number;
    sequence_accuracy: number;
  };
}
const { accuracy } = JSON.parse(
  readFileSync(new URL('../fixtures/torch/metrics.json', import.meta.url), 'utf8'),
) as Fixture;

describe('tokenAccuracy', () => {
  it('equals the golden case', () => {
    const got = tokenAccuracy(accuracy.predicted, accuracy.target, { padId: accuracy.pad });
    expect(Math.abs(got.accuracy - accuracy.token_accuracy)).toBeLessThan(1e-9);
    expect(got).toMatchObject({ correct: 13, total: 18 });
  });

  it('counts what a short prediction misses, and nothing beyond the target', () => {
    expect(tokenAccuracy([['a'], ['x', 'y', 'z']], [['a', 'b'], ['x']])).toEqual({
      accuracy: 2 / 3,
      correct: 2,
      total: 3,
    });
  });

  it('refuses what has no accuracy', () => {
    expect(() => tokenAccuracy([[0]], [[0]], { padId: 0 })).toThrow(
      'at least one target token but received 0',
    );
    expect(() => tokenAccuracy([[0]], [])).toThrow(
      'tokenAccuracy: expected as many references as hypotheses',
    );
    expect(() => tokenAccuracy([[0]], [[0]], { pad: 0 } as never)).toThrow('option names among padId');
  });
});

describe('exactMatch', () => {
  it('equals the golden case', () => {
    const got = exactMatch(accuracy.predicted, accuracy.target, { padId: accuracy.pad });
    expect(got).toEqual({ accuracy: accuracy.sequence_accuracy, correct: 1, total: 4 });
  });

  it('compares strings and rows of any length from end to end', () => {
    expect(exactMatch(['ab', 'ab', 'a'], ['ab', 'a', 'ab']).correct).toBe(1);
    expect(exactMatch([[1, 2], [1, 2], [1]], [[1, 2], [1], [1, 2]]).correct).toBe(1);
  });

  it('forgives padding after the end on either side, and nothing else', () => {
    const targets = [
      [5, 6],
      [5, 6, 0],
      [5, 6],
      [5, 6],
    ];
    expect(exactMatch([[5, 6, 0], [5, 6], [5, 6, 7], [5]], targets, { padId: 0 }).correct).toBe(2);
  });

  it('refuses an empty corpus and unknown options', () => {
    expect(() => exactMatch([], [])).toThrow('exactMatch: expected a list of at least one hypothesis');
    expect(() => exactMatch(['a'], ['a'], { pad: 0 } as never)).toThrow('option names among padId');
  });
});

import { describe, expect, it } from 'vitest';
import { characterErrorRate } from '../../src/metrics/characterErrorRate.js';
import { wordErrorRate } from '../../src/metrics/wordErrorRate.js';

describe('wordErrorRate', () => {
  it('divides the edits of the corpus by the words of the references', () => {
    // one word missing; one word wrong and one too many; an empty reference: 1 + 2 + 1 edits, 4 + 2 + 0 words
    const got = wordErrorRate(['the cat  sat', 'a b c', 'x'], ['the black cat sat', 'a d', '']);
    expect(got).toEqual({ rate: 4 / 6, edits: 4, referenceLength: 6 });
  });

  it('reads token lists as they are', () => {
    expect(wordErrorRate([['New York', 'city']], [['New York']]).edits).toBe(1);
  });

  it('refuses what has no rate', () => {
    expect(() => wordErrorRate([], [])).toThrow('wordErrorRate: expected a list of at least one hypothesis');
    expect(() => wordErrorRate(['a'], [])).toThrow('as many references as hypotheses, 1, but received 0');
    expect(() => wordErrorRate(['a'], [' '])).toThrow('a reference that is not empty but received [" "]');
    expect(() => wordErrorRate(['a'], [['a']])).toThrow('every sentence to be a string but received ["a"]');
  });
});

describe('characterErrorRate', () => {
  it('counts code points and blanks', () => {
    expect(characterErrorRate(['kitten', '𠀀 b'], ['sitting', '𠀁b'])).toEqual({
      rate: 5 / 9,
      edits: 5,
      referenceLength: 9,
    });
  });

  it('names itself in errors', () => {
    expect(() => characterErrorRate(['a'], [''])).toThrow('characterErrorRate: ');
  });
});

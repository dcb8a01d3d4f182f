import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/core/json.js';

describe('canonicalJson', () => {
  it.each([
    [{ b: [1, 'é"', null], a: { d: true, c: -0.5 } }, '{"a":{"c":-0.5,"d":true},"b":[1,"é\\"",null]}'],
    [{ 10: 1, 9: 2, B: 3, a: 4 }, '{"10":1,"9":2,"B":3,"a":4}'],
    [{ a: undefined, b: [undefined] }, '{"b":[null]}'],
    [JSON.parse('{"__proto__": 1, "constructor": 2}'), '{"__proto__":1,"constructor":2}'],
  ])('writes %j', (value, text) => {
    expect(canonicalJson('here', value)).toBe(text);
    expect(JSON.parse(canonicalJson('here', value))).toEqual(JSON.parse(JSON.stringify(value)));
  });

  it.each(['[]', '{"a":}'])('ends at 100 levels of %s', (level) => {
    const [start, end] = [level.slice(0, -1), level.slice(-1)];
    const nested = (levels: number): unknown =>
      JSON.parse(`${start.repeat(levels - 1)}[]${end.repeat(levels - 1)}`);
    expect(canonicalJson('here', nested(100))).toHaveLength(2 + 99 * level.length);
    for (const levels of [101, 5000, 200_000]) {
      expect(() => canonicalJson('here', nested(levels), 'invalid-input')).toThrow(
        expect.objectContaining({
          code: 'invalid-input',
          message: expect.stringMatching(
            /^here: expected JSON of at most 100 levels but received .{1,99}$/,
          ) as unknown,
        }) as Error,
      );
    }
  });
});

import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { editDistance } from '../../src/metrics/editDistance.js';

interface Fixture {
  edit_distance: { hypothesis: string[]; reference: string[]; distance: number }[];
}
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/torch/metrics.json', import.meta.url), 'utf8'),
) as Fixture;

describe('editDistance', () => {
  it.each(fixture.edit_distance)('$hypothesis → $reference is $distance', (one) => {
    expect(editDistance(one.hypothesis, one.reference)).toBe(one.distance);
  });

  it('counts code points, not UTF-16 units', () => {
    expect(editDistance('𠀀𠀁a', '𠀂𠀁')).toBe(2);
  });

  it('is a metric', () => {
    const word = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 7 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
        expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length));
      }),
      { seed: 2 },
    );
  });
});

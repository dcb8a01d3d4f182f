import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { perplexity } from '../../src/metrics/perplexity.js';

interface Fixture {
  perplexity: { log_probabilities: number[]; mask: number[]; mean_nll: number; perplexity: number }[];
}
const fixture = JSON.parse(
  readFileSync(new URL('../fixtures/torch/metrics.json', import.meta.url), 'utf8'),
) as Fixture;

describe('perplexity', () => {
  it.each(fixture.perplexity)('$perplexity', (one) => {
    const got = perplexity(one.log_probabilities, one.mask);
    expect(Math.abs(got - one.perplexity)).toBeLessThan(1e-9);
    expect(Math.abs(Math.log(got) - one.mean_nll)).toBeLessThan(1e-9);
  });

  it('reads typed arrays, and counts every token without a mask', () => {
    expect(perplexity(new Float64Array([Math.log(0.5), Math.log(0.125)]))).toBeCloseTo(4, 12);
  });

  it('is infinite where a real token was thought impossible', () => {
    expect(perplexity([-Infinity, -1])).toBe(Infinity);
  });

  it('refuses what has no perplexity', () => {
    expect(() => perplexity([])).toThrow('perplexity: expected at least one real token but received 0.');
    expect(() => perplexity([-1], [0])).toThrow('at least one real token');
    expect(() => perplexity([-1, -1], [1])).toThrow(
      'perplexity: expected a mask of length 2, one entry a token, but received 1.',
    );
    expect(() => perplexity([NaN])).toThrow(
      'perplexity: expected log-probabilities of real tokens but received NaN.',
    );
    expect(perplexity([NaN, 0], [0, 1])).toBe(1);
  });
});

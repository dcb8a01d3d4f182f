import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { batches } from '../../src/data/batches.js';
import type { BatchOptions, ExampleLengths } from '../../src/data/batchIndices.js';
import { planBatches } from '../../src/data/planBatches.js';

const equal = (...sizes: number[]): ExampleLengths[] => sizes.map((size) => ({ source: size, target: size }));

/** Lengths of about 3 to 40 tokens; targets follow their sources loosely, as in translation. */
function realisticLengths(count: number): ExampleLengths[] {
  const random = createRandom(5);
  return Array.from({ length: count }, () => {
    const source = Math.max(1, Math.round(Math.exp(2.2 + 0.55 * random.normal())));
    return { source, target: Math.max(1, Math.round(source * (1.1 + 0.2 * random.normal()))) };
  });
}

function paddingShare(lengths: readonly ExampleLengths[], plan: readonly number[][]): number {
  let real = 0;
  let padded = 0;
  for (const batch of plan) {
    for (const side of ['source', 'target'] as const) {
      const sizes = batch.map((index) => (lengths[index] as ExampleLengths)[side]);
      real += sizes.reduce((sum, size) => sum + size, 0);
      padded += Math.max(...sizes) * sizes.length;
    }
  }
  return 1 - real / padded;
}

describe('planBatches', () => {
  it('puts similar lengths together', () => {
    expect(planBatches(equal(3, 9, 4, 8, 3), { batchSize: 2, shuffle: false })).toEqual([
      [0, 4],
      [2, 3],
      [1],
    ]);
  });

  it('keeps the given order when nothing may change it', () => {
    const options = { batchSize: 2, shuffle: false, bucketByLength: false };
    expect(planBatches(equal(3, 9, 4, 8, 3), options)).toEqual([[0, 1], [2, 3], [4]]);
    expect(planBatches(equal(3, 9, 4, 8, 3), { ...options, dropLast: true })).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(planBatches(equal(3, 9, 4, 8), { ...options, dropLast: true })).toEqual([
      [0, 1],
      [2, 3],
    ]);
  });

  it('fills batches up to maxTokens, padding included, by the longer side', () => {
    const options = { maxTokens: 12, shuffle: false, bucketByLength: false };
    expect(planBatches(equal(3, 4, 4, 5, 12, 1), options)).toEqual([[0, 1, 2], [3], [4], [5]]);
    const uneven = [
      { source: 2, target: 6 },
      { source: 6, target: 2 },
      { source: 1, target: 1 },
    ];
    expect(planBatches(uneven, options)).toEqual([[0, 1], [2]]);
    expect(planBatches(uneven, { ...options, dropLast: true })).toEqual([[0, 1]]);
    expect(planBatches(equal(6, 6), { ...options, dropLast: true })).toEqual([[0, 1]]);
  });

  it('holds every example once and keeps to its limit', () => {
    const size = fc.integer({ min: 1, max: 20 });
    const lengths = fc.array(fc.record({ source: size, target: size }), { minLength: 1, maxLength: 60 });
    const limits = fc.oneof(
      fc.record({ batchSize: fc.integer({ min: 1, max: 9 }) }),
      fc.record({ maxTokens: fc.integer({ min: 20, max: 90 }) }),
    );
    const rest = fc.record({ bucketByLength: fc.boolean(), shuffle: fc.boolean(), seed: fc.nat() });
    fc.assert(
      fc.property(lengths, limits, rest, (sample, limit, options) => {
        const all: BatchOptions = { ...limit, ...options };
        const plan = planBatches(sample, all);
        expect(plan.flat().sort((a, b) => a - b)).toEqual(sample.map((_, index) => index));
        expect(planBatches(sample, all)).toEqual(plan);
        for (const batch of plan) {
          const longest = Math.max(
            ...batch.map((i) => Math.max(sample[i]?.source ?? 0, sample[i]?.target ?? 0)),
          );
          if ('batchSize' in limit) expect(batch.length).toBeLessThanOrEqual(limit.batchSize);
          else expect(batch.length * longest).toBeLessThanOrEqual(limit.maxTokens);
        }
        const dropped = planBatches(sample, { ...all, dropLast: true });
        expect(plan.length - dropped.length).toBeLessThanOrEqual(1);
        if ('batchSize' in limit)
          expect(dropped.every((batch) => batch.length === limit.batchSize)).toBe(true);
      }),
      { seed: 41, numRuns: 300 },
    );
  });

  it('mixes by seed: other companions and another order', () => {
    const lengths = equal(...Array.from({ length: 200 }, (_, i) => 1 + (i % 5)));
    const sizes = (seed: number): number[] =>
      planBatches(lengths, { batchSize: 10, seed }).map(
        ([first]) => lengths[first as number]?.source as number,
      );
    expect(planBatches(lengths, { batchSize: 10, seed: 1 })).not.toEqual(
      planBatches(lengths, { batchSize: 10, seed: 2 }),
    );
    expect(sizes(1)).not.toEqual(sizes(2));
    expect(sizes(1)).not.toEqual([...sizes(1)].sort((a, b) => a - b));
    expect([...sizes(1)].sort()).toEqual([...sizes(2)].sort());
  });

  it('leaves little padding', () => {
    const lengths = realisticLengths(12_000);
    const share = (options: BatchOptions): number => paddingShare(lengths, planBatches(lengths, options));
    expect(share({ batchSize: 64, bucketByLength: false })).toBeGreaterThan(0.5);
    expect(share({ batchSize: 64 })).toBeLessThan(0.1);
    expect(share({ maxTokens: 1000 })).toBeLessThan(0.1);
  });

  it('says what is wrong', () => {
    const lengths = equal(3, 13);
    const cases: [() => unknown, string, RegExp][] = [
      [() => planBatches([], { batchSize: 2 }), 'invalid-input', /at least one example/],
      [
        () => planBatches(lengths, { maxTokens: 12 }),
        'invalid-input',
        /at most 12 tokens.* 13\. Leave example 1 out/,
      ],
      [
        () => planBatches(lengths, {}),
        'invalid-option',
        /either batchSize or maxTokens but received "neither"/,
      ],
      [() => planBatches(lengths, { batchSize: 2, maxTokens: 20 }), 'invalid-option', /received "both"/],
      [() => planBatches(lengths, { batchSize: 0 }), 'invalid-option', /batchSize/],
      [() => planBatches(lengths, { maxTokens: 1.5 }), 'invalid-option', /maxTokens/],
      [() => planBatches(lengths, { batchSize: 2, seed: -1 }), 'invalid-option', /seed/],
      [() => planBatches(lengths, { batchSize: 2, shuffle: 'no' as never }), 'invalid-option', /shuffle/],
      [() => planBatches(lengths, { batchSize: 2, size: 2 } as never), 'invalid-option', /"size"/],
    ];
    for (const [action, code, message] of cases) {
      expect(action).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }));
    }
  });
});

describe('batches', () => {
  const examples = [[4], [5, 6, 7], [8], [9, 4, 5]].map((ids) => ({ source: ids, target: ids, id: ids[0] }));

  it('hands out the examples themselves', () => {
    const all = batches(examples, { batchSize: 2, shuffle: false });
    expect(all).toEqual([
      [examples[0], examples[2]],
      [examples[1], examples[3]],
    ]);
    expect(all[0]?.[0]).toBe(examples[0]);
  });

  it('refuses empty sources before the first batch', () => {
    expect(() => batches([...examples, { source: [], target: [4], id: 0 }], { batchSize: 2 })).toThrow(
      /example 4 to have a source that is not empty, and a target but received \[\]/,
    );
    expect(() => batches([], { batchSize: 2 })).toThrow(/at least one example/);
  });
});

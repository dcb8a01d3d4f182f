import { memory, setBackend, tensor2d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { sampleSearch, type SampleOptions } from '../../src/decoding/sampleSearch.js';
import { EOS, logProbabilities, logTable, ONE, randomTable, tableStep } from './tables.js';

/** How often each first token comes in `draws` one-token samples from these logits. */
async function frequencies(logits: number[], draws: number, options: SampleOptions): Promise<number[]> {
  const table = tensor2d(logits.map(() => logits));
  const before = memory().numTensors;
  const [samples = []] = await sampleSearch(tableStep(table), null, {
    ...ONE,
    maxLength: 1,
    countEndToken: true,
    nBest: draws,
    ...options,
  });
  expect(memory().numTensors).toBe(before);
  table.dispose();
  const counts = logits.map(() => 0);
  for (const { ids, finishReason } of samples) {
    const id = finishReason === 'eos' ? EOS : (ids[0] as number);
    counts[id] = (counts[id] as number) + 1;
  }
  return counts;
}

function chiSquared(counts: number[], probabilities: number[]): number {
  const draws = counts.reduce((a, b) => a + b);
  return counts.reduce((sum, count, i) => {
    const expected = draws * (probabilities[i] as number);
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}

function softmax(logits: number[]): number[] {
  return (logProbabilities([logits])[0] as number[]).map(Math.exp);
}

describe.each(['cpu', 'wasm'])('sampleSearch on %s', (backend) => {
  beforeAll(() => setBackend(backend));

  it.each([1, 0.5, 2])('draws by the distribution at temperature %d', async (temperature) => {
    const logits = [0.3, -1, 1.2, 0, 2, -0.5, 0.9];
    const counts = await frequencies(logits, 4000, { temperature, seed: 5 });
    // 6 degrees of freedom: a fair draw exceeds 22.46 once in a thousand.
    expect(chiSquared(counts, softmax(logits.map((logit) => logit / temperature)))).toBeLessThan(22.46);
  });

  it('draws by the distribution that topK and topP leave, and never outside', async () => {
    const logits = [0.3, -1, 1.2, 0, 2, -0.5, 0.9];
    const topK = await frequencies(logits, 3000, { topK: 3, seed: 8 });
    expect(topK.map((count) => count > 0)).toEqual([false, false, true, false, true, false, true]);
    const three = softmax([1.2, 2, 0.9]);
    expect(chiSquared([topK[2], topK[4], topK[6]] as number[], three)).toBeLessThan(13.82);
    // 2, 1.2 and 0.9 have probability 0.453, 0.203 and 0.151.
    const topP = await frequencies(logits, 500, { topP: 0.5, seed: 8 });
    expect(topP.map((count) => count > 0)).toEqual([false, false, true, false, true, false, false]);
    const one = await frequencies(logits, 100, { topP: 0.4, seed: 8 });
    expect(one[4]).toBe(100);
    // After topK 3 the three have 0.561, 0.252 and 0.187.
    const both = await frequencies(logits, 500, { topK: 3, topP: 0.6, seed: 8 });
    expect(both.map((count) => count > 0)).toEqual([false, false, true, false, true, false, false]);
  });

  it('takes the lower ids of equals, as often as their share', async () => {
    const counts = await frequencies([1, 1, 1, 1, 1], 200, { topK: 2, seed: 1 });
    expect(counts.map((count) => count > 0)).toEqual([true, true, false, false, false]);
    // Of [0.3, 0.1, 0.1, 0.5] two reach 0.8: they are drawn 3 to 5. 10.83 is the bound of one in a thousand.
    const two = await frequencies([0.3, 0.1, 0.1, 0.5].map(Math.log), 1500, { topP: 0.8, seed: 6 });
    expect([two[1], two[2]]).toEqual([0, 0]);
    expect(chiSquared([two[0], two[3]] as number[], [0.375, 0.625])).toBeLessThan(10.83);
    const three = await frequencies(new Array<number>(10).fill(0), 1000, { topP: 0.3, seed: 6 });
    expect(three.slice(3)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(chiSquared(three.slice(0, 3), [1 / 3, 1 / 3, 1 / 3])).toBeLessThan(13.82);
  });

  it('never draws outside the k best or the nucleus', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0.05, max: 0.99, noNaN: true }),
        async (seed, topK, topP) => {
          const logits = (randomTable(37, seed)[0] as number[]).map((logit) => 2 * logit);
          const order = logits
            .map((_, id) => id)
            .sort((a, b) => (logits[b] as number) - (logits[a] as number));
          const kBest = await frequencies(logits, 60, { topK, seed });
          kBest.forEach((count, id) => count > 0 && expect(order.indexOf(id)).toBeLessThan(topK));
          const nucleus = await frequencies(logits, 60, { topP, seed });
          const probabilities = softmax(logits);
          nucleus.forEach((count, id) => {
            if (count === 0) return;
            const above = order
              .slice(0, order.indexOf(id))
              .reduce((sum, better) => sum + (probabilities[better] as number), 0);
            expect(above).toBeLessThan(topP + 1e-6);
          });
        },
      ),
      { numRuns: 15, seed: 2 },
    );
  });

  it('draws the same for the same seed, and otherwise for another', async () => {
    const table = tensor2d(randomTable(23, 4));
    const run = (options: SampleOptions): Promise<unknown> =>
      sampleSearch(tableStep(table), null, { ...ONE, maxLength: 20, minLength: 10, nBest: 2, ...options });
    expect(await run({ seed: 9 })).toEqual(await run({ seed: 9 }));
    expect(await run({ seed: 9 })).not.toEqual(await run({ seed: 10 }));
    expect(await run({})).toEqual(await run({ seed: 0 }));
    table.dispose();
  });

  it('sorts its samples by their score, the log-probability of what they were drawn from', async () => {
    const numbers = randomTable(9, 6);
    const table = tensor2d(numbers);
    const rows = logProbabilities(numbers);
    const [samples = []] = await sampleSearch(tableStep(table), null, {
      ...ONE,
      maxLength: 6,
      nBest: 8,
      seed: 3,
    });
    expect(samples).toHaveLength(8);
    samples.forEach(({ ids, score, logProbability, finishReason }, i) => {
      if (i > 0) expect(score).toBeLessThanOrEqual(samples[i - 1]?.score as number);
      const all = finishReason === 'eos' ? [...ids, EOS] : ids;
      const expected = all.reduce(
        (sum, id, t) => sum + (rows[t === 0 ? 0 : (all[t - 1] as number)]?.[id] as number),
        0,
      );
      expect(logProbability).toBeCloseTo(expected, 4);
      expect(score).toBeCloseTo(expected, 4);
    });
    const [cold] = await sampleSearch(tableStep(table), null, {
      ...ONE,
      maxLength: 3,
      temperature: 0.01,
      topK: 4,
    });
    expect(cold?.[0]?.score).toBeGreaterThan(cold?.[0]?.logProbability as number);
    table.dispose();
  });

  it('never draws a token of probability 0, and says so where none is left', async () => {
    // prettier-ignore
    const table = logTable([[0.5, 0, 0.25, 0.25], [0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]]);
    const nothing = { ...ONE, maxLength: 3, badTokens: [0, 1, 2, 3], temperature: 9, nBest: 2 };
    const empty = { ids: [], score: 0, logProbability: 0, tokenLogProbabilities: [], finishReason: 'stuck' };
    expect(await sampleSearch(tableStep(table), null, nothing)).toEqual([[empty, empty]]);
    const thrown = sampleSearch(tableStep(table), null, { ...nothing, onDeadEnd: 'throw' });
    await expect(thrown).rejects.toMatchObject({ code: 'no-candidates' });
    table.dispose();
  });

  it.each([
    [{ temperature: 0 }, 'temperature to be a finite number (above 0)'],
    [{ topK: 0 }, 'topK to be a whole number of at least 1'],
    [{ topP: 1.5 }, 'topP to be a finite number (above 0, max 1)'],
    [{ seed: -1 }, 'seed to be a whole number of at least 0'],
    [{ width: 4 }, 'or nBest to draw several'],
  ])('refuses %j', async (options, message) => {
    const search = sampleSearch(() => ({}) as never, null, {
      ...ONE,
      maxLength: 3,
      ...(options as SampleOptions),
    });
    await expect(search).rejects.toThrow(message);
  });
});

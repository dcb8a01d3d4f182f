import { setBackend, tensor2d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { LogitsProcessor } from '../../../src/contracts/logitsProcessor.js';
import { isBanned } from '../../../src/decoding/ops/bans.js';
import { beam } from '../../../src/decoding/beamSearch.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { keepTopK } from '../../../src/decoding/processors/keepTopK.js';
import { keepTopP } from '../../../src/decoding/processors/keepTopP.js';
import { scaleTemperature } from '../../../src/decoding/processors/scaleTemperature.js';
import { sample } from '../../../src/decoding/sampleSearch.js';
import { ONE, only, randomTable, tableStep } from '../tables.js';

/** The ids that a processor leaves of each row of probabilities. */
function kept(processor: LogitsProcessor, rows: number[][]): number[][] {
  const scores = tensor2d(rows.map((row) => row.map(Math.log)));
  const context = { position: 0, rows: [], vocabularySize: (rows[0] as number[]).length, eosId: 1 };
  const left = processor.process(scores, context).arraySync();
  return left.map((row) => row.flatMap((score, id) => (isBanned(score) ? [] : [id])));
}

/** All ids, the most probable first, and the lower first of equals. */
function ranked(probabilities: readonly number[]): number[] {
  const ids = [...probabilities.keys()];
  return ids.sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b);
}

/** Probabilities with many ties. */
const tied = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 30 }).map((weights) => {
  const total = weights.reduce((sum, weight) => sum + weight);
  return weights.map((weight) => weight / total);
});

const range = (length: number): number[] => Array.from({ length }, (_, id) => id);
const equal = (count: number): number[] => range(count).map(() => 1 / count);

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  beforeAll(() => setBackend(backend));

  describe('the smallest set that reaches p', () => {
    it.each([
      [0.8, [0.3, 0.1, 0.1, 0.5], [0, 3]],
      [0.8, [0.3, 0.12, 0.08, 0.5], [0, 3]],
      [0.81, [0.3, 0.12, 0.08, 0.5], [0, 1, 3]],
      [0.5, [0.25, 0.25, 0.25, 0.25], [0, 1]],
      [0.51, [0.25, 0.25, 0.25, 0.25], [0, 1, 2]],
      [0.75, [0.2, 0.2, 0.4, 0.2], [0, 1, 2]],
      [1e-9, [0.2, 0.2, 0.4, 0.2], [2]],
      [0.999999, [0.2, 0.2, 0.4, 0.2], [0, 1, 2, 3]],
      [0.9, [0, 1, 0, 0], [1]],
    ])('%d of %j', (p, probabilities, ids) => {
      expect(kept(keepTopP(p), [probabilities])).toEqual([ids]);
    });

    it.each([
      [0.3, 10, 3],
      [0.1, 1000, 100],
      [0.7, 1000, 700],
      [0.5, 50_000, 25_000],
    ])('%d of %i equal tokens: the first %i', (p, tokens, count) => {
      expect(kept(keepTopP(p), [equal(tokens)])).toEqual([range(count)]);
    });

    it('each row has its own', () => {
      const rows = [equal(4), [0.1, 0.2, 0.3, 0.4], [0, 0, 1, 0]];
      expect(kept(keepTopP(0.6), rows)).toEqual([[0, 1, 2], [2, 3], [2]]);
    });

    test('of any probabilities with ties', () =>
      fc.assert(
        fc.property(tied, fc.double({ min: 0.01, max: 0.999, noNaN: true }), (probabilities, p) => {
          const order = ranked(probabilities);
          const sums = order.map((_, i) =>
            order.slice(0, i + 1).reduce((sum, id) => sum + (probabilities[id] as number), 0),
          );
          fc.pre(sums.every((sum) => Math.abs(sum - p) > 1e-4)); // the cases above have those
          const count = sums.findIndex((sum) => sum >= p) + 1;
          const expected = order.slice(0, count).sort((a, b) => a - b);
          expect(kept(keepTopP(p), [probabilities])).toEqual([expected]);
        }),
        { numRuns: 60, seed: 4 },
      ));
  });

  test('the k best of any probabilities with ties', () =>
    fc.assert(
      fc.property(tied, fc.integer({ min: 1, max: 30 }), (probabilities, k) => {
        const expected = ranked(probabilities)
          .slice(0, k)
          .sort((a, b) => a - b);
        expect(kept(keepTopK(k), [probabilities])).toEqual([expected]);
      }),
      { numRuns: 60, seed: 4 },
    ));

  describe('a temperature', () => {
    test.each([1e-3, 3e-16, 1e-16, 1e-300, Number.MIN_VALUE])(
      'of %d gives the path of greedy',
      async (cold) => {
        const table = tensor2d(randomTable(9, 3));
        const search = { maxLength: 12, minLength: 5, badTokens: [4] };
        const best = only(await greedy(search).search(tableStep(table), null, ONE));
        for (const strategy of [
          sample({ ...search, temperature: cold, seed: 2 }),
          sample({ ...search, temperature: cold, topK: 3, topP: 0.9, seed: 2 }),
          greedy({ ...search, processors: [scaleTemperature(cold)] }),
          beam({ ...search, width: 1, processors: [scaleTemperature(cold)] }),
        ]) {
          const found = only(await strategy.search(tableStep(table), null, ONE));
          expect(found.ids).toEqual(best.ids);
          expect(found.finishReason).toBe(best.finishReason);
          expect(Number.isFinite(found.score)).toBe(true);
        }
        table.dispose();
      },
    );

    test.each([1e3, 1e16, 1e40, Number.MAX_VALUE])('of %d lifts no ban', async (hot) => {
      const table = tensor2d(randomTable(9, 3));
      const options = { maxLength: 30, minLength: 30, badTokens: [4], temperature: hot, nBest: 20 };
      const [found = []] = await sample(options).search(tableStep(table), null, ONE);
      const drawn = new Set(found.flatMap(({ ids }) => ids));
      expect([...drawn].sort()).toEqual([0, 2, 3, 5, 6, 7, 8]);
      table.dispose();
    });

    test.each([1e-30, 1e-12, 1e-5, 0.5, 1e5, 1e12, 1e30])('of %d gives finite scores', (temperature) => {
      const scores = tensor2d([[-1e30, -1e9, -3, 0]]);
      const context = { position: 0, rows: [], vocabularySize: 4, eosId: 1 };
      const [banned, ...others] = scaleTemperature(temperature).process(scores, context).dataSync();
      expect(isBanned(banned as number)).toBe(true);
      for (const score of others) expect(isBanned(score)).toBe(false);
      expect([banned, ...others].every(Number.isFinite)).toBe(true);
    });
  });
});

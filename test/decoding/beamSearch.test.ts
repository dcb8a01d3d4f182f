import { gather, memory, setBackend, tensor2d, type Tensor1D } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Hypothesis } from '../../src/contracts/hypothesis.js';
import { disposeTensors } from '../../src/core/containers.js';
import { beamSearch, type BeamOptions } from '../../src/decoding/beamSearch.js';
import { greedySearch } from '../../src/decoding/greedySearch.js';
import { EOS, everyHypothesis, logTable, manyTables, ONE, only, randomTable, tableStep } from './tables.js';

const RUNS = { numRuns: 25, seed: 11 };

/**
 * Greedy search takes 2 (0.5), after which nothing is likely; 3 (0.4), 4 (0.9), end (0.9) is the best: 0.324.
 */
const GARDEN_PATH = [
  [0, 0.1, 0.5, 0.4, 0],
  [0, 1, 0, 0, 0],
  [0.2, 0.2, 0.2, 0.2, 0.2],
  [0, 0.1, 0, 0, 0.9],
  [0, 0.9, 0.1, 0, 0],
];

describe.each(['cpu', 'wasm'])('beamSearch on %s', (backend) => {
  beforeAll(() => setBackend(backend));

  it('finds what greedy search misses', async () => {
    const table = logTable(GARDEN_PATH);
    const before = memory().numTensors;
    const greedy = only(await greedySearch(tableStep(table), null, { ...ONE, maxLength: 4 }));
    expect(greedy.ids[0]).toBe(2);
    const found = await beamSearch(tableStep(table), null, { ...ONE, maxLength: 4, width: 2, nBest: 2 });
    expect(only(found)).toMatchObject({ ids: [3, 4], finishReason: 'eos' });
    expect(only(found).score).toBeCloseTo(Math.log(0.4 * 0.9 * 0.9), 5);
    expect(memory().numTensors).toBe(before);
    table.dispose();
  });

  it.each(['exact', 'never'] as const)('is exhaustive search at full width (%s)', async (earlyStopping) => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const numbers = randomTable(4, seed);
        const table = tensor2d(numbers);
        const [found] = await beamSearch(tableStep(table), null, {
          ...ONE,
          maxLength: 4,
          width: 4 * 3 ** 4, // every extension of every hypothesis
          nBest: 12,
          earlyStopping,
        });
        expectBest(found, everyHypothesis(numbers, 4), 12);
        table.dispose();
      }),
      RUNS,
    );
  });

  it('of width 1 is greedy search, but for the length penalty', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const table = tensor2d(randomTable(6, seed));
        const setup = { ...ONE, maxLength: 5, bannedIds: [0] };
        const greedy = only(await greedySearch(tableStep(table), null, setup));
        for (const variant of [
          {},
          { earlyStopping: 'first' },
          { finished: 'shrink' },
        ] satisfies BeamOptions[]) {
          const [found] = await beamSearch(tableStep(table), null, { ...setup, width: 1, ...variant });
          expect(found).toEqual([greedy]);
        }
        table.dispose();
      }),
      RUNS,
    );
  });

  it('gives each sentence of a batch what it gives the sentence alone', async () => {
    const variants: BeamOptions[] = [
      { lengthPenalty: { gnmt: 0.6 } },
      { earlyStopping: 'first', noRepeatNgram: 2 },
      { finished: 'shrink', repetitionPenalty: 1.3, minLength: 2 },
    ];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat(), { minLength: 2, maxLength: 4 }),
        fc.constantFrom(...variants),
        async (seeds, variant) => {
          const options = { ...ONE, maxLength: 5, width: 3, nBest: 3, ...variant };
          const before = memory().numTensors;
          const tables = seeds.map((seed) => randomTable(5, seed));
          const { step, state, constants } = manyTables(tables);
          const together = await beamSearch(step, state, { ...options, batchSize: tables.length, constants });
          disposeTensors([state, constants]);
          for (const [i, table] of tables.entries()) {
            const alone = manyTables([table]);
            const [found] = await beamSearch(alone.step, alone.state, {
              ...options,
              constants: alone.constants,
            });
            expect(together[i]).toEqual(found);
            disposeTensors([alone.state, alone.constants]);
          }
          expect(memory().numTensors).toBe(before);
        },
      ),
      RUNS,
    );
  });

  it('sorts its n best, all different, each with the log-probability of its tokens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom('refill', 'shrink'), async (seed, finished) => {
        const numbers = randomTable(5, seed);
        const table = tensor2d(numbers);
        const [found = []] = await beamSearch(tableStep(table), null, {
          ...ONE,
          maxLength: 3,
          width: 6,
          nBest: 6,
          finished: finished as 'refill' | 'shrink',
          lengthPenalty: { length: 0.7 },
        });
        const every = everyHypothesis(numbers, 3);
        expect(found.length).toBeGreaterThan(0);
        expect(new Set(found.map(({ ids }) => ids.join())).size).toBe(found.length);
        found.forEach((hypothesis, i) => {
          const { ids, score, logProbability, tokenLogProbabilities, finishReason } = hypothesis;
          if (i > 0) expect(score).toBeLessThanOrEqual(found[i - 1]?.score as number);
          expect(tokenLogProbabilities).toHaveLength(finishReason === 'eos' ? ids.length + 1 : ids.length);
          expect(tokenLogProbabilities.reduce((a, b) => a + b)).toBeCloseTo(logProbability, 9);
          const length = tokenLogProbabilities.length;
          expect(score).toBeCloseTo(logProbability / length ** 0.7, 9);
          if (finishReason !== 'eos') return;
          const same = every.find((other) => other.ids.join() === ids.join());
          expect(logProbability).toBeCloseTo(same?.logProbability as number, 4);
        });
        table.dispose();
      }),
      RUNS,
    );
  });

  it('gives the same score when its own output is forced', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const table = tensor2d(randomTable(6, seed));
        const options = {
          ...ONE,
          maxLength: 5,
          width: 3,
          repetitionPenalty: 1.2,
          lengthPenalty: { gnmt: 1 },
        };
        const free = only(await beamSearch(tableStep(table), null, options));
        const forcedPrefix = free.finishReason === 'eos' ? [...free.ids, EOS] : free.ids;
        const forced = only(
          await greedySearch(tableStep(table), null, { ...omitWidth(options), forcedPrefix }),
        );
        expect(forced.ids).toEqual(free.ids);
        if (free.finishReason === 'eos') expect(forced.score).toBeCloseTo(free.score, 9);
        table.dispose();
      }),
      RUNS,
    );
  });

  it('tiles the constants once, and touches them again only where rows leave', async () => {
    const tables = [3, 14, 15].map((seed) => randomTable(7, seed));
    const { step, state, constants, calls } = manyTables(tables);
    await beamSearch(step, state, {
      ...ONE,
      batchSize: 3,
      constants,
      width: 2,
      minLength: 6,
      maxLength: 6,
      earlyStopping: 'never',
    });
    expect(calls.map(({ rows }) => rows)).toEqual([3, 6, 6, 6, 6, 6, 6]);
    expect(calls[0]?.constants).toBe(constants.sentence);
    expect(new Set(calls.map((call) => call.constants)).size).toBe(2);
    expect(calls[1]?.sentences).toEqual([0, 0, 1, 1, 2, 2]);
    disposeTensors([state, constants]);
  });

  it('drops sentences that are settled', async () => {
    const certain = [[0, 0, 9, 0], [0, 0, 0, 0], [0, 9, 0, 0], [0, 0, 0, 0]]; // prettier-ignore
    const open = randomTable(4, 5);
    const { step, state, constants, calls } = manyTables([certain, open]);
    await beamSearch(step, state, { ...ONE, batchSize: 2, constants, width: 2, maxLength: 6, minLength: 1 });
    expect(calls[2]?.sentences).not.toContain(0);
    disposeTensors([state, constants]);
  });

  it('stops early by `exact` only where it changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.double({ min: -0.5, max: 2, noNaN: true }), async (seed, alpha) => {
        const numbers = randomTable(5, seed);
        const run = async (earlyStopping: 'exact' | 'never'): Promise<[unknown, number]> => {
          const { step, state, constants, calls } = manyTables([numbers]);
          const found = await beamSearch(step, state, {
            ...ONE,
            constants,
            maxLength: 8,
            width: 3,
            nBest: 2,
            lengthPenalty: { length: alpha },
            earlyStopping,
          });
          disposeTensors([state, constants]);
          return [found, calls.length];
        };
        const [exact, fewer] = await run('exact');
        const [never, all] = await run('never');
        expect(exact).toEqual(never);
        expect(fewer).toBeLessThanOrEqual(all);
      }),
      RUNS,
    );
  });

  it('works with a width beyond the vocabulary', async () => {
    const table = tensor2d(randomTable(3, 1));
    const [found = []] = await beamSearch(tableStep(table), null, {
      ...ONE,
      maxLength: 3,
      width: 50,
      nBest: 50,
    });
    expectBest(found, everyHypothesis(randomTable(3, 1), 3), found.length);
    expect(found.length).toBeGreaterThan(6);
    table.dispose();
  });

  it('lets hypotheses die in a dead end, as long as one is left', async () => {
    const table = logTable(GARDEN_PATH);
    const allowedTokens = (tokens: readonly number[]): number[] => (tokens[0] === 2 ? [] : [1, 2, 3, 4]);
    const options = { ...ONE, maxLength: 4, width: 2, allowedTokens };
    expect(only(await beamSearch(tableStep(table), null, options)).ids).toEqual([3, 4]);
    const stuck = { ...options, allowedTokens: (ids: readonly number[]) => (ids.length > 0 ? [] : [2, 3]) };
    const [found = []] = await beamSearch(tableStep(table), null, { ...stuck, nBest: 2 });
    expect(found.map(({ ids, finishReason }) => [ids, finishReason])).toEqual([
      [[2], 'stuck'],
      [[3], 'stuck'],
    ]);
    const thrown = beamSearch(tableStep(table), null, { ...stuck, onDeadEnd: 'throw' });
    await expect(thrown).rejects.toMatchObject({ code: 'no-candidates' });
    table.dispose();
  });

  it('minds no length limit that is out of reach', async () => {
    const table = logTable(GARDEN_PATH);
    for (const lengthPenalty of ['none', { length: -1 }] as const) {
      const options = { ...ONE, maxLength: Number.MAX_SAFE_INTEGER - 1, width: 2, lengthPenalty };
      expect(only(await beamSearch(tableStep(table), null, options)).finishReason).toBe('eos');
    }
    table.dispose();
  });

  it('ranks by coverage where the model attends', async () => {
    // Token 2 attends to both positions, token 3 to the first alone; 3 is the more probable.
    const table = logTable([[0, 0, 0.4, 0.6], [0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]]); // prettier-ignore
    const weights = tensor2d([[0, 0], [0, 0], [0.2, 0.8], [0.2, 0]]); // prettier-ignore
    const step = (last: Tensor1D): object => ({
      logits: gather(table, last),
      state: null,
      attention: gather(weights, last),
    });
    const run = (options: BeamOptions): Promise<number[]> =>
      beamSearch(step as never, null, { ...ONE, maxLength: 3, width: 2, ...options }).then(
        (found) => only(found).ids,
      );
    expect(await run({})).toEqual([3]);
    expect(await run({ coveragePenalty: 0.5 })).toEqual([2]);
    disposeTensors([table, weights]);
  });

  it.each([
    [{ width: 0 }, 'width to be a whole number of at least 1'],
    [{ width: 2, nBest: 3 }, 'nBest to be at most width, 2'],
    [{ earlyStopping: true }, "earlyStopping to be one of 'exact', 'never', 'first'"],
    [{ finished: 'keep' }, "finished to be one of 'refill', 'shrink'"],
    [{ topK: 5 }, 'Beam search draws nothing'],
    [{ seed: 5 }, 'Beam search draws nothing'],
    [{ beamWidth: 5 }, 'option names among'],
  ])('refuses %j', async (options, message) => {
    const search = beamSearch(() => ({}) as never, null, {
      ...ONE,
      maxLength: 3,
      ...(options as BeamOptions),
    });
    await expect(search).rejects.toThrow(message);
  });
});

/** Whether these are the `count` best of all; equals may change places. */
function expectBest(
  found: readonly Hypothesis[] = [],
  every: ReturnType<typeof everyHypothesis>,
  count: number,
): void {
  const known = new Map(
    every.map(({ ids, finishReason, logProbability }) => [`${ids} ${finishReason}`, logProbability]),
  );
  expect(found).toHaveLength(count);
  found.forEach(({ ids, finishReason, score }, i) => {
    expect(score).toBeCloseTo(every[i]?.logProbability as number, 4);
    expect(score).toBeCloseTo(known.get(`${ids} ${finishReason}`) as number, 4);
  });
}

function omitWidth<T extends { width: number }>({ width: _, ...others }: T): Omit<T, 'width'> {
  return others;
}

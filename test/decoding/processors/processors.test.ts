import { memory, mul, setBackend, tensor2d, zeros, type Tensor2D } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { GenerationOptions } from '../../../src/contracts/generationOptions.js';
import type { Hypothesis } from '../../../src/contracts/hypothesis.js';
import type { LogitsProcessor } from '../../../src/contracts/logitsProcessor.js';
import type { StepFunction } from '../../../src/contracts/stepFunction.js';
import type { Strategy } from '../../../src/contracts/strategy.js';
import { beam } from '../../../src/decoding/beamSearch.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { banSequences } from '../../../src/decoding/processors/banSequences.js';
import { banTokens } from '../../../src/decoding/processors/banTokens.js';
import { keepTopK } from '../../../src/decoding/processors/keepTopK.js';
import { penalizeRepetition } from '../../../src/decoding/processors/penalizeRepetition.js';
import { scaleTemperature } from '../../../src/decoding/processors/scaleTemperature.js';
import { sample } from '../../../src/decoding/sampleSearch.js';
import { logTable, ONE, only, randomTable, tableStep } from '../tables.js';

type MakeStrategy = (options: GenerationOptions) => Strategy;

const STRATEGIES: Record<string, MakeStrategy> = {
  greedy,
  'beam, refill': (options) => beam({ width: 3, nBest: 3, ...options }),
  'beam, shrink': (options) => beam({ width: 4, nBest: 4, finished: 'shrink', ...options }),
  sample: (options) => sample({ nBest: 3, temperature: 1.5, seed: 7, ...options }),
};

async function generate(
  make: MakeStrategy,
  numbers: number[][],
  options: GenerationOptions,
): Promise<Hypothesis[]> {
  const table = tensor2d(numbers);
  const before = memory().numTensors;
  const [found = []] = await make(options).search(tableStep(table), null, ONE);
  expect(memory().numTensors).toBe(before);
  expect(found.length).toBeGreaterThan(0);
  table.dispose();
  return found;
}

function ngrams(ids: readonly number[], size: number): string[] {
  return ids.slice(size - 1).map((_, i) => ids.slice(i, i + size).join());
}

/** What holds of every hypothesis under some options, however the search goes. */
interface Property {
  /** @param free the ids that the search finds without these options, so that a ban can be sure to bite */
  readonly options: (seed: number, free: readonly number[]) => GenerationOptions;
  readonly check: (hypothesis: Hypothesis, options: GenerationOptions) => void;
}

const noRepeats = (size: number): Property => ({
  options: () => ({ noRepeatNgram: size, minLength: 4 }),
  check({ ids }) {
    const all = ngrams(ids, size);
    expect(new Set(all).size).toBe(all.length);
  },
});

/** By the options that they are of. An option that stands for a processor is one more row. */
const properties: Readonly<Record<string, Property>> = {
  repetitionPenalty: {
    options: () => ({ repetitionPenalty: 1000, minLength: 4, maxLength: 4 }),
    check: ({ ids }) => expect(new Set(ids).size).toBe(ids.length),
  },
  badTokens: {
    options: (_seed, free) => ({ badTokens: [free[0] ?? 2, 0], minLength: 5 }),
    check: ({ ids }, { badTokens = [] }) => badTokens.forEach((id) => expect(ids).not.toContain(id)),
  },
  minLength: {
    options: (seed) => ({ minLength: 1 + (seed % 9) }),
    check: ({ ids }, { minLength = 0 }) => expect(ids.length).toBeGreaterThanOrEqual(minLength),
  },
  badSequences: {
    // prettier-ignore
    options: (seed) => ({ badSequences: [[2, 3], [4, 4], [5, 2 + (seed % 5), 6], [6]], minLength: 8 }),
    check: ({ ids }, { badSequences = [] }) =>
      badSequences.forEach((bad) => expect(ngrams(ids, bad.length)).not.toContain(bad.join())),
  },
  'noRepeatNgram of 1': noRepeats(1),
  'noRepeatNgram of 2': noRepeats(2),
  'noRepeatNgram of 3': noRepeats(3),
  allowedTokens: {
    options: () => ({
      // A number may only be followed by a larger one, or by the end.
      allowedTokens: (tokens) => [1, 2, 3, 4, 5, 6].filter((id) => id === 1 || id > (tokens.at(-1) ?? 0)),
    }),
    check: ({ ids }) => expect(ids).toEqual([...ids].sort((a, b) => a - b)),
  },
  forcedPrefix: {
    options: (seed) => ({ forcedPrefix: [2 + (seed % 5), 0, 3] }),
    check: ({ ids }, { forcedPrefix = [] }) => expect(ids.slice(0, 3)).toEqual(forcedPrefix),
  },
  maxLength: {
    options: (seed) => ({ maxLength: 1 + (seed % 5), countEndToken: seed % 2 === 0 }),
    check: ({ ids, finishReason }, { maxLength, countEndToken }) =>
      expect(ids.length + (countEndToken === true && finishReason === 'eos' ? 1 : 0)).toBeLessThanOrEqual(
        maxLength as number,
      ),
  },
  'what several options ask for together': {
    options: (seed) => ({
      noRepeatNgram: 2,
      repetitionPenalty: 1.4,
      badTokens: [2 + (seed % 5)],
      minLength: 3,
      forcedPrefix: [0],
      lengthPenalty: { length: 1 },
      processors: [scaleTemperature(0.7)],
    }),
    check({ ids }, { badTokens = [] }) {
      expect(ids[0]).toBe(0);
      expect(ids).not.toContain(badTokens[0]);
      expect(ids.length).toBeGreaterThanOrEqual(3);
      expect(new Set(ngrams(ids, 2)).size).toBe(ids.length - 1);
    },
  },
};

function holds(property: Property, hypothesis: Hypothesis, options: GenerationOptions): boolean {
  try {
    property.check(hypothesis, options);
    return true;
  } catch {
    return false;
  }
}

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  beforeAll(() => setBackend(backend));

  describe.each(Object.entries(STRATEGIES))('%s never violates', (_name, make) => {
    it.each(Object.entries(properties))('%s', async (_option, property) => {
      let broken = 0;
      await fc.assert(
        fc.asyncProperty(fc.nat(), async (seed) => {
          const table = randomTable(7, seed);
          const free = await generate(make, table, { maxLength: 12 });
          const options = { maxLength: 12, ...property.options(seed, free[0]?.ids ?? []) };
          for (const hypothesis of await generate(make, table, options)) property.check(hypothesis, options);
          if (!free.every((hypothesis) => holds(property, hypothesis, options))) broken++;
        }),
        { numRuns: 8, seed: 21 },
      );
      expect(broken, 'searches that break it where they are free').toBeGreaterThan(0);
    });
  });

  it('keeps the log-probability of the unmodified model', async () => {
    // prettier-ignore
    const table = logTable([[0, 0.1, 0.6, 0.3], [0, 1, 0, 0], [0, 0.2, 0.7, 0.1], [0, 1, 0, 0]]);
    const options = {
      maxLength: 2,
      badTokens: [3],
      repetitionPenalty: 3,
      processors: [scaleTemperature(0.5)],
    };
    const best = only(await greedy(options).search(tableStep(table), null, ONE));
    // 2 comes first; then 2 again would score 3 · 2 · log 0.7 = -2.14, and the end 2 · log 0.2 = -3.22.
    expect(best).toMatchObject({ ids: [2, 2], finishReason: 'length' });
    expect(best.logProbability).toBeCloseTo(Math.log(0.6 * 0.7), 5);
    expect(best.score).toBeCloseTo(2 * Math.log(0.6) + 6 * Math.log(0.7), 4);
    table.dispose();
  });

  it('runs a processor of the user, with its state', async () => {
    const table = tensor2d(randomTable(6, 2));
    const seen: number[][] = [];
    const alternate: LogitsProcessor<{ parity: number }> = {
      name: 'alternate',
      start: () => ({ parity: 0 }),
      advance: ({ parity }) => ({ parity: 1 - parity }),
      process(scores, { rows, vocabularySize }) {
        for (const row of rows) seen.push([...row.tokens()]);
        const factors = rows.flatMap(({ state }) =>
          Array.from({ length: vocabularySize }, (_, id) => (id % 2 === state.parity ? 1 : 1000)),
        );
        return mul(scores, tensor2d(factors, [rows.length, vocabularySize])) as Tensor2D;
      },
    };
    const [found = []] = await beam({ width: 3, maxLength: 4, minLength: 4, processors: [alternate] }).search(
      tableStep(table),
      null,
      ONE,
    );
    expect(found[0]?.ids.map((id) => id % 2)).toEqual([0, 1, 0, 1]);
    expect(seen).toContainEqual(found[0]?.ids);
    table.dispose();
  });

  it('notices a processor that returns another shape', async () => {
    const bad: LogitsProcessor = { name: 'bad', process: () => zeros([1, 2]) };
    const step: StepFunction<null> = () => ({ logits: zeros([1, 4]), state: null });
    const search = greedy({ maxLength: 3, processors: [bad] }).search(step, null, ONE);
    await expect(search).rejects.toThrow('processor bad to return scores [1, 4]');
  });

  it('bans from the first k best without reading them', () => {
    const scores = tensor2d([[-1, -3, -2, -2], [-4, -1, -1, -1]]); // prettier-ignore
    const context = { position: 0, rows: [], vocabularySize: 4, eosId: 1 };
    const kept = keepTopK(2).process(scores, context).arraySync();
    expect(kept.map((row) => row.map((score) => score > -1e15))).toEqual([
      [true, false, true, false],
      [false, true, true, false],
    ]);
  });
});

it.each([null, 3, Promise.resolve([1])])('refuses allowedTokens that return %s', async (wrong) => {
  const table = tensor2d(randomTable(4, 1));
  const before = memory().numTensors;
  const strategy = greedy({ maxLength: 2, allowedTokens: () => wrong as never });
  const search = strategy.search(tableStep(table), null, ONE);
  await expect(search).rejects.toMatchObject({
    code: 'invalid-option',
    message: expect.stringContaining(
      'expected an iterable of ids, or undefined where all are allowed',
    ) as string,
  });
  expect(memory().numTensors).toBe(before);
  table.dispose();
});

it.each([
  [() => banTokens([-1]), 'each id to be a whole number of at least 0'],
  [() => banSequences([[]]), 'sequences of at least one id'],
  [() => penalizeRepetition(0), 'penalty to be a finite number (above 0)'],
  [() => scaleTemperature(-1), 'temperature to be a finite number (above 0)'],
  [() => keepTopK(1.5), 'k to be a whole number of at least 1'],
])('refuses bad arguments', (make, message) => {
  expect(make).toThrow(message);
});

import {
  fill,
  gather,
  memory,
  setBackend,
  tensor1d,
  tensor2d,
  zeros,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Hypothesis } from '../../src/contracts/hypothesis.js';
import { disposeTensors } from '../../src/core/containers.js';
import { greedySearch } from '../../src/decoding/greedySearch.js';
import { EOS, logTable, manyTables, ONE, only, randomTable, tableStep } from './tables.js';

const WORDS = [
  [0, 0.1, 0.6, 0.3],
  [0, 1, 0, 0],
  [0, 0.2, 0.1, 0.7],
  [0, 0.5, 0.25, 0.25],
];

/** A table that never ends by itself: 2, 3, 2, 3, … */
const ENDLESS = [
  [0, 0.1, 0.7, 0.2],
  [0, 1, 0, 0],
  [0, 0.2, 0.1, 0.7],
  [0, 0.2, 0.7, 0.1],
];

describe.each(['cpu', 'wasm'])('greedySearch on %s', (backend) => {
  beforeAll(() => setBackend(backend));

  it('follows the most probable token up to the end token', async () => {
    const table = logTable(WORDS);
    const before = memory().numTensors;
    const best = only(await greedySearch(tableStep(table), null, { ...ONE, maxLength: 10 }));
    expect(best.ids).toEqual([2, 3]);
    expect(best.finishReason).toBe('eos');
    expect(best.logProbability).toBeCloseTo(Math.log(0.6 * 0.7 * 0.5), 5);
    expect(best.score).toBe(best.logProbability);
    best.tokenLogProbabilities.forEach((p, i) =>
      expect(p).toBeCloseTo(Math.log([0.6, 0.7, 0.5][i] as number), 5),
    );
    expect(best).not.toHaveProperty('attention');
    expect(memory().numTensors).toBe(before);
    table.dispose();
  });

  it('counts the end token only where it is told to', async () => {
    const table = logTable(WORDS);
    const run = (options: object): Promise<Hypothesis> =>
      greedySearch(tableStep(table), null, { ...ONE, maxLength: 2, ...options }).then(only);
    expect(await run({})).toMatchObject({ ids: [2, 3], finishReason: 'eos' });
    expect(await run({ countEndToken: true })).toMatchObject({ ids: [2, 3], finishReason: 'length' });
    expect(await run({ countEndToken: true, maxLength: 3 })).toMatchObject({
      ids: [2, 3],
      finishReason: 'eos',
    });
    const cut = await run({ maxLength: 1 });
    expect(cut).toMatchObject({ ids: [2], finishReason: 'length' });
    expect(cut.tokenLogProbabilities).toHaveLength(1);
    expect(cut.logProbability).toBeCloseTo(Math.log(0.6), 5);
    table.dispose();
  });

  it('takes the longest length from the source', async () => {
    const table = logTable(ENDLESS);
    const found = await greedySearch(tableStep(table), null, {
      ...ONE,
      batchSize: 3,
      sourceLengths: [1, 4, 2],
      maxLength: { timesSource: 1.5, plus: 1 },
    });
    expect(found.map(([best]) => best?.ids.length)).toEqual([2, 7, 4]);
    const raised = await greedySearch(tableStep(table), null, {
      ...ONE,
      batchSize: 3,
      sourceLengths: [1, 9, 2],
      maxLength: { timesSource: 1, plus: -2 },
    });
    expect(raised.map(([best]) => best?.ids.length)).toEqual([1, 7, 1]); // at least 1
    const filled = await greedySearch(tableStep(table), null, {
      ...ONE,
      batchSize: 2,
      sourceLengths: [2, 5],
      maxLength: { timesSource: 1 },
      minLength: 3,
    });
    expect(filled.map(([best]) => best?.ids.length)).toEqual([3, 5]); // at least minLength
    const byDefault = await greedySearch(tableStep(table), null, { ...ONE, sourceLengths: [5] });
    expect(only(byDefault).ids).toHaveLength(20);
    table.dispose();
  });

  it('drops finished sentences from the work, and their constants with them', async () => {
    const [short, long] = [WORDS, ENDLESS].map((table) =>
      table.map((row) => row.map((p) => Math.log(p + 1e-9))),
    );
    const { step, state, constants, calls } = manyTables([long, short, long] as number[][][]);
    const before = memory().numTensors;
    const found = await greedySearch(step, state, { ...ONE, batchSize: 3, maxLength: 4, constants });
    expect(found.map(([best]) => best?.ids)).toEqual([
      [2, 3, 2, 3],
      [2, 3],
      [2, 3, 2, 3],
    ]);
    expect(calls.map(({ sentences }) => sentences)).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
      [0, 2],
      [0, 2],
    ]);
    expect(new Set(calls.map((call) => call.constants)).size).toBe(2);
    expect(memory().numTensors).toBe(before);
    disposeTensors([state, constants]);
  });

  it('gives each sentence of a batch what it gives the sentence alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 2, maxLength: 5 }), async (seeds) => {
        const tables = seeds.map((seed) => randomTable(5, seed));
        const batch = manyTables(tables);
        const together = await greedySearch(batch.step, batch.state, {
          ...ONE,
          batchSize: tables.length,
          maxLength: 6,
          constants: batch.constants,
        });
        for (const [i, table] of tables.entries()) {
          const alone = manyTables([table]);
          const found = await greedySearch(alone.step, alone.state, {
            ...ONE,
            maxLength: 6,
            constants: alone.constants,
          });
          expect(found[0]).toEqual(together[i]);
          disposeTensors([alone.state, alone.constants]);
        }
        disposeTensors([batch.state, batch.constants]);
      }),
      { numRuns: 20, seed: 3 },
    );
  });

  it('keeps the attention of each token, without padding', async () => {
    const table = logTable(WORDS);
    const attention = tensor2d([[0.5, 0.5, 0], [0.1, 0.2, 0.7]]); // prettier-ignore
    const before = memory().numTensors;
    const found = await greedySearch(
      (last) => ({
        logits: gather(table, last),
        state: null,
        attention: gather(attention, last.shape[0] === 2 ? [1, 1] : [1]),
      }),
      null,
      { ...ONE, batchSize: 2, sourceLengths: [2, 3], maxLength: 5 },
    );
    expect(memory().numTensors - before).toBe(0);
    expect(found[0]?.[0]?.attention).toEqual([new Float32Array([0.1, 0.2]), new Float32Array([0.1, 0.2])]);
    expect(found[1]?.[0]?.attention?.[0]).toEqual(new Float32Array([0.1, 0.2, 0.7]));
    disposeTensors([table, attention]);
  });

  it('ranks by the length and coverage penalty, and leaves the log-probability alone', async () => {
    const table = logTable(WORDS);
    const weights = tensor2d([[0.25, 0.75]]);
    const logProbability = Math.log(0.6 * 0.7 * 0.5);
    const step = (last: Tensor1D): { logits: Tensor2D; state: null; attention: Tensor2D } => ({
      logits: gather(table, last),
      state: null,
      attention: gather(weights, [0]),
    });
    const score = async (options: object): Promise<number> => {
      const best = only(await greedySearch(step, null, { ...ONE, maxLength: 5, ...options }));
      expect(best.logProbability).toBeCloseTo(logProbability, 5);
      return best.score;
    };
    expect(await score({ lengthPenalty: { length: 1 } })).toBeCloseTo(logProbability / 3, 5);
    expect(await score({ lengthPenalty: { gnmt: 0.6 } })).toBeCloseTo(logProbability / (8 / 6) ** 0.6, 5);
    expect(await score({ lengthPenalty: (length: number) => 2 * length })).toBeCloseTo(logProbability / 6, 5);
    // Three steps give the first position 0.75 and the second more than 1, which counts as 1.
    expect(await score({ coveragePenalty: 2 })).toBeCloseTo(logProbability + 2 * Math.log(0.75), 5);
    disposeTensors([table, weights]);
  });

  it('takes asynchronous steps, and steps that return what they were given', async () => {
    const state = { same: zeros([1, 3]), list: [null, tensor1d([1])] };
    const constants = { also: state.same };
    const before = memory().numTensors;
    const table = logTable(WORDS);
    const found = await greedySearch(
      async (last, given, _position, { also }) => {
        await Promise.resolve();
        expect(also.isDisposed).toBe(false);
        return { logits: gather(table, last), state: given };
      },
      state,
      { ...ONE, maxLength: 5, constants },
    );
    expect(only(found).ids).toEqual([2, 3]);
    table.dispose();
    expect(memory().numTensors).toBe(before);
    disposeTensors(state);
  });

  it('ends at once where the end token comes first', async () => {
    const table = logTable([[0, 0.9, 0.1], [0, 1, 0], [0, 1, 0]]); // prettier-ignore
    const best = only(await greedySearch(tableStep(table), null, { ...ONE, maxLength: 3 }));
    expect(best).toMatchObject({ ids: [], finishReason: 'eos' });
    expect(best.tokenLogProbabilities).toHaveLength(1);
    table.dispose();
  });

  it('ends a sentence where every token is banned with what it has', async () => {
    const table = logTable([[0, 0, 0.6, 0.4], [0, 1, 0, 0], [0, 0.1, 0.2, 0.7], [0, 0.2, 0.5, 0.3]]); // prettier-ignore
    const options = { ...ONE, maxLength: 9, minLength: 9, noRepeatNgram: 1, badTokens: [0] };
    const stuck = only(await greedySearch(tableStep(table), null, options));
    expect(stuck).toMatchObject({ ids: [2, 3], finishReason: 'stuck' });
    expect(stuck.tokenLogProbabilities).toHaveLength(2);
    expect(stuck.score).toBeCloseTo(Math.log(0.6 * 0.7), 5);
    const thrown = greedySearch(tableStep(table), null, { ...options, onDeadEnd: 'throw' });
    await expect(thrown).rejects.toThrow('a token that may follow at position 2 of sentence 0');
    table.dispose();
  });

  it('treats a logit of -Infinity as a token that never comes', async () => {
    const never = -Infinity;
    // prettier-ignore
    const table = tensor2d([[never, never, 1, 0], [0, 0, 0, 0], [never, 0, 0, never], [0, 0, 0, 0]]);
    const best = only(await greedySearch(tableStep(table), null, { ...ONE, maxLength: 3 }));
    expect(best.ids).toEqual([2]);
    expect(best.logProbability).toBeCloseTo(-Math.log(1 + Math.exp(-1)) + Math.log(0.5), 5);
    table.dispose();
  });

  it('goes on for ten thousand tokens', async () => {
    const table = logTable(ENDLESS);
    const best = only(await greedySearch(tableStep(table), null, { ...ONE, maxLength: 10_000 }));
    expect(best.ids).toHaveLength(10_000);
    expect(best.finishReason).toBe('length');
    table.dispose();
  });

  describe('refuses', () => {
    const table = (): Tensor2D => fill([4, 4], 0) as Tensor2D;
    const run = (options: object, step?: unknown): Promise<unknown> => {
      const logits = table();
      const before = memory().numTensors;
      return greedySearch((step ?? tableStep(logits)) as never, null, {
        ...ONE,
        maxLength: 5,
        ...options,
      }).finally(() => {
        expect(memory().numTensors).toBe(before);
        logits.dispose();
      });
    };

    it.each([
      [{ maxlength: 3 }, 'option names among'],
      [{ maxLength: 0 }, 'maxLength to be a whole number of at least 1'],
      [{ maxLength: { timesSource: 2 } }, 'maxLength to be a number where no sourceLengths are given'],
      [{ maxLength: { times: 2 } }, 'option names among timesSource, plus'],
      [
        { maxLength: { timesSource: -1 } },
        'greedySearch: maxLength: expected timesSource to be a finite number',
      ],
      [{ minLength: 6 }, 'minLength to be at most maxLength, 5'],
      [{ nBest: 2 }, 'nBest of 1'],
      [{ topK: 3 }, 'Greedy search draws nothing'],
      [{ width: 3 }, 'use beam search'],
      [{ temperature: 2 }, 'A temperature never changes which token is the best'],
      [{ lengthPenalty: 'gnmt' }, "lengthPenalty to be 'none'"],
      [{ lengthPenalty: () => 0 }, 'to be a finite number (above 0)'],
      [{ coveragePenalty: 1 }, 'a step function that returns attention'],
      [{ coveragePenalty: 1, batchSize: 2 }, 'sourceLengths beside coveragePenalty'],
      [{ sourceLengths: [1, 2] }, 'sourceLengths to have one entry a sentence, 1'],
      [{ bannedIds: [EOS] }, 'bannedIds without the end token'],
      [{ sentenceNumbers: [0, 1] }, 'sentenceNumbers to have one entry a sentence, 1'],
      [{ sentenceNumbers: [-1] }, 'each of sentenceNumbers to be a whole number'],
      [{ constructor: 1 }, 'option names among maxLength'],
      [{ seed: undefined, temperatur: 1 }, 'option names among maxLength'],
      [{ badTokens: [9] }, 'ids from 0 to 3'],
      [{ badTokens: [0, 1, 2, 3], onDeadEnd: 'throw' }, 'bans on every token'],
      [{ forcedPrefix: [2, 2, 2, 2, 2, 2] }, 'forcedPrefix to have at most maxLength tokens, 5'],
      [{ forcedPrefix: [[2], [3]] }, 'forcedPrefix to have one list a sentence, 1'],
      [{ forcedPrefix: [1, 2] }, 'the end token only at the end of forcedPrefix'],
      [
        { forcedPrefix: [2], badTokens: [2] },
        'forcedPrefix without banned tokens (padding, start, badTokens)',
      ],
      [{ forcedPrefix: [3, 0], bannedIds: [0] }, 'greedySearch: expected forcedPrefix without banned'],
      [{ forcedPrefix: [[3], [0]], bannedIds: [0], sentenceNumbers: [0] }, 'forcedPrefix[1] without'],
      [{ allowedTokens: () => [], onDeadEnd: 'throw' }, 'bans on every token'],
      [{ allowedTokens: [1] }, 'allowedTokens to be a function'],
      [{ onDeadEnd: 'end' }, 'onDeadEnd to be'],
      [{ forcedPrefix: 5 }, 'forcedPrefix to be an array'],
      [{ badTokens: 5 }, 'badTokens to be an array'],
      [{ badSequences: [2] }, 'sequences of at least one id'],
      [{ signal: {} }, 'signal to be an AbortSignal'],
      [{ processors: [{}] }, 'processors to be an array of objects with a process method'],
      [{ batchSize: 0 }, 'batchSize to be a whole number of at least 1'],
      [{ eosId: 4 }, "a vocabulary beyond the end token's id 4"],
    ])('the options %j', async (options, message) => {
      await expect(run(options)).rejects.toThrow(message);
    });

    it('a step that is no function, or returns no logits', async () => {
      await expect(run({}, 3)).rejects.toThrow('a step function');
      await expect(run({}, () => null)).rejects.toThrow('to return { logits, state }');
    });

    it('logits of another shape', async () => {
      await expect(run({}, () => ({ logits: zeros([2, 4]), state: null }))).rejects.toMatchObject({
        code: 'invalid-shape',
      });
      await expect(run({}, () => ({ logits: zeros([4]), state: null }))).rejects.toThrow(
        'logits [1, vocabulary]',
      );
    });

    it('logits of whole numbers', async () => {
      const whole = (): object => ({ logits: zeros([1, 4], 'int32'), state: null });
      await expect(run({}, whole)).rejects.toMatchObject({
        code: 'invalid-shape',
        message: expect.stringContaining('logits of dtype float32 but received "int32"') as string,
      });
    });

    it('a state of another number of rows, given or returned', async () => {
      const state = zeros([2, 3]);
      const step = (): object => ({ logits: zeros([1, 4]), state: zeros([2, 3]) });
      await expect(greedySearch(step as never, state, { ...ONE, maxLength: 2 })).rejects.toThrow(
        'the initial state',
      );
      await expect(run({}, step)).rejects.toThrow('the state that the step returned to have 1 rows');
      state.dispose();
    });

    it.each([NaN, Infinity])('logits with %d among many', async (bad) => {
      const logits = (): Tensor2D => {
        const values = Float32Array.from({ length: 1009 }, (_, i) => Math.sin(i));
        values[500] = bad;
        return tensor2d(values, [1, 1009]);
      };
      await expect(run({}, () => ({ logits: logits(), state: null }))).rejects.toMatchObject({
        code: 'not-finite',
      });
    });

    it('to go on once the signal has fired, and frees everything', async () => {
      const controller = new AbortController();
      const report: number[] = [];
      const onStep = ({ position }: { position: number }): void => {
        report.push(position);
        if (position === 1) controller.abort(new Error('enough'));
      };
      const endless = logTable(ENDLESS);
      const before = memory().numTensors;
      const search = greedySearch(tableStep(endless), null, {
        ...ONE,
        maxLength: 50,
        signal: controller.signal,
        onStep,
      });
      await expect(search).rejects.toMatchObject({ code: 'aborted', cause: new Error('enough') });
      expect(report).toEqual([0, 1]);
      expect(memory().numTensors).toBe(before);
      await expect(run({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'aborted' });
      endless.dispose();
    });

    it('to swallow what the step throws', async () => {
      const fail = (): never => {
        throw new RangeError('mine');
      };
      await expect(run({}, fail)).rejects.toThrow(RangeError);
    });
  });

  it('lets a timer abort it, though no step ever waits', async () => {
    const endless = logTable(ENDLESS);
    const signal = AbortSignal.timeout(60);
    const search = greedySearch(tableStep(endless), null, { ...ONE, maxLength: 1_000_000, signal });
    await expect(search).rejects.toMatchObject({ code: 'aborted' });
    endless.dispose();
  });
});

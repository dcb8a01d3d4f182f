import { memory } from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../../src/backend/useBackend.js';
import type { Strategy } from '../../../src/contracts/strategy.js';
import { beam } from '../../../src/decoding/beamSearch.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { sample } from '../../../src/decoding/sampleSearch.js';
import { ensemble } from '../../../src/model/ensemble.js';
import type { TextHypothesis } from '../../../src/model/generation/generateText.js';
import type { Seq2SeqModel } from '../../../src/model/seq2seqModel.js';
import { kinds, trained, type Kind } from './generationKinds.js';
import { vocab } from '../tinyModel.js';

const inputs = ['e d c b a', 'a', 'c c d', 'b b e d c a c', 'a b', 'd', 'e a e a'];
const limits = { maxLength: 8, minLength: 1 };
const strategies: Readonly<Record<string, Strategy>> = {
  greedy: greedy(limits),
  beam: beam({ ...limits, width: 4, nBest: 4, lengthPenalty: { gnmt: 0.6 } }),
  sample: sample({ ...limits, nBest: 3, seed: 5 }),
};

/** The same hypotheses, whatever rounding does to their scores. */
function expectSame(found: readonly TextHypothesis[], expected: readonly TextHypothesis[]): void {
  expect(found.map(({ ids, finishReason }) => ({ ids, finishReason }))).toEqual(
    expected.map(({ ids, finishReason }) => ({ ids, finishReason })),
  );
  found.forEach(({ score, logProbability }, i) => {
    expect(score).toBeCloseTo(expected[i]?.score as number, 4);
    expect(logProbability).toBeCloseTo(expected[i]?.logProbability as number, 4);
  });
}

const cases: [backend: 'wasm' | 'cpu', kind: Kind][] = [
  ...(Object.keys(kinds) as Kind[]).map((kind): ['wasm', Kind] => ['wasm', kind]),
  ['cpu', 'Bahdanau attention'],
  ['cpu', 'transformer'],
];

describe.each(cases)('on %s: %s', (backend, kind) => {
  let model: Seq2SeqModel;
  let before: number;
  beforeAll(async () => {
    await useBackend(backend);
    model = await trained(kind, backend === 'cpu' ? 4 : 12); // slower there
    before = memory().numTensors;
  }, 60_000);
  afterAll(() => {
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  test.each(['greedy', 'beam'])('%s gives a batch what it gives each source alone', async (name) => {
    const strategy = strategies[name] as Strategy;
    const together = await model.generateBatch(inputs, strategy);
    const parted = await model.generateBatch(inputs, strategy, { batchSize: 3 });
    expect(new Set(together.map(([best]) => String(best?.ids))).size).toBeGreaterThan(1);
    for (const [i, input] of inputs.entries()) {
      const alone = await model.generate(input, strategy);
      expectSame(together[i] as TextHypothesis[], alone);
      expectSame(parted[i] as TextHypothesis[], alone);
    }
  });

  test('samples depend on the seed, the source and its place alone', async () => {
    const strategy = strategies['sample'] as Strategy;
    const together = await model.generateBatch(inputs, strategy);
    const again = await model.generateBatch(inputs, sample({ ...limits, nBest: 3, seed: 5 }));
    const parted = await model.generateBatch(inputs, strategy, { batchSize: 2 });
    const others = await model.generateBatch(
      inputs.map((input, i) => (i % 2 === 0 ? input : 'e e e e e e e e e')),
      strategy,
      { batchSize: 3 },
    );
    const reseeded = await model.generateBatch(inputs, sample({ ...limits, nBest: 3, seed: 6 }));
    expect(again).toEqual(together);
    expect(reseeded.map((list) => list.map(({ ids }) => ids))).not.toEqual(
      together.map((list) => list.map(({ ids }) => ids)),
    );
    together.forEach((list, i) => {
      expectSame(parted[i] as TextHypothesis[], list);
      if (i % 2 === 0) expectSame(others[i] as TextHypothesis[], list);
    });
  });

  test('a beam of width 1 is greedy search', async () => {
    const expected = await model.generateBatch(inputs, strategies['greedy']);
    const lengthPenalty = { gnmt: 1 };
    for (const options of [
      {},
      { lengthPenalty, earlyStopping: 'first' as const },
      { lengthPenalty, finished: 'shrink' as const },
    ]) {
      const found = await model.generateBatch(inputs, beam({ ...limits, width: 1, ...options }));
      expect(found.map(([best]) => best?.ids)).toEqual(expected.map(([best]) => best?.ids));
    }
  });

  test('a beam wider than the vocabulary finds the best of all outputs', async () => {
    const words = [vocab.unkId, ...vocab.encode(['a', 'b', 'c', 'd', 'e'])];
    const outputs = [[], ...words.map((a) => [a]), ...words.flatMap((a) => words.map((b) => [a, b]))];
    const every: { ids: number[]; logProbability: number }[] = [];
    for (const ids of outputs) {
      every.push({ ids, logProbability: (await model.score('c a', ids)).logProbability });
    }
    every.sort((a, b) => b.logProbability - a.logProbability);
    const width = words.length ** 2 * vocab.size; // every extension of every output
    const found = await model.generate('c a', beam({ width, nBest: 5, maxLength: 2 }));
    expect(found).toHaveLength(5);
    found.forEach(({ ids, logProbability }, i) => {
      expect(logProbability).toBeCloseTo(every[i]?.logProbability as number, 4);
      const own = every.find((other) => String(other.ids) === String(ids));
      expect(logProbability).toBeCloseTo(own?.logProbability as number, 4);
    });
  });

  test.each(Object.keys(strategies))(
    'the log-probability of %s is what score() finds, and ranks are sorted',
    async (name) => {
      const found = await model.generateBatch(inputs.slice(0, 3), strategies[name]);
      for (const [i, list] of found.entries()) {
        const scores = list.map(({ score }) => score);
        expect(scores).toEqual(scores.toSorted((a, b) => b - a));
        if (name !== 'sample') expect(new Set(list.map(({ ids }) => String(ids))).size).toBe(list.length);
        for (const { ids, finishReason, logProbability, tokenLogProbabilities } of list) {
          const all = await model.score(inputs[i] as string, ids);
          const counted = all.tokenLogProbabilities.slice(0, ids.length + (finishReason === 'eos' ? 1 : 0));
          expect(logProbability).toBeCloseTo(
            counted.reduce((sum, value) => sum + value, 0),
            4,
          );
          if (finishReason === 'eos') expect(logProbability).toBeCloseTo(all.logProbability, 4);
          expect(tokenLogProbabilities).toHaveLength(counted.length);
          tokenLogProbabilities.forEach((value, at) => expect(value).toBeCloseTo(counted[at] as number, 4));
        }
      }
    },
  );

  test('any target, an empty one too, has the log-probability of the search that is forced to write it', async () => {
    // The unknown token, and the letters.
    const target = fc.array(fc.integer({ min: 3, max: 8 }), { maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(target, fc.constantFrom(...inputs), async (ids, input) => {
        const forcedPrefix = [...ids, vocab.eosId];
        const [found] = await model.generate(input, greedy({ forcedPrefix, maxLength: 8 }));
        const { logProbability, tokenLogProbabilities } = await model.score(input, ids);
        expect(found?.ids).toEqual(ids);
        expect(tokenLogProbabilities).toHaveLength(ids.length + 1);
        expect(logProbability).toBeCloseTo(found?.logProbability as number, 4);
      }),
      { seed: 3, numRuns: 12, examples: [[[], 'a b']] },
    );
  });

  test('an output that is forced gets the same score', async () => {
    const options = { maxLength: 8, width: 3, lengthPenalty: { length: 0.7 } };
    const found = await model.generateBatch(inputs, beam(options));
    const prefixes = found.map(([best]) => [
      ...(best?.ids ?? []),
      ...(best?.finishReason === 'eos' ? [vocab.eosId] : []),
    ]);
    for (const batchSize of [2, 64]) {
      const forced = await model.generateBatch(inputs, beam({ ...options, forcedPrefix: prefixes }), {
        batchSize,
      });
      forced.forEach((list, i) => expectSame(list.slice(0, 1), (found[i] ?? []).slice(0, 1)));
    }
  });

  test('bans and the shortest length hold', async () => {
    const options = { maxLength: 9, minLength: 4, badTokens: [vocab.idOf('c')], noRepeatNgram: 2 };
    for (const strategy of [
      greedy(options),
      beam({ ...options, width: 3, nBest: 3 }),
      sample({ ...options, nBest: 3, topK: 5 }),
    ]) {
      for (const { ids } of (await model.generateBatch(inputs, strategy)).flat()) {
        expect(ids.length).toBeGreaterThanOrEqual(4);
        expect(ids.length).toBeLessThanOrEqual(9);
        expect(ids).not.toContain(vocab.idOf('c'));
        expect(ids.some((id) => id === vocab.padId || id === vocab.sosId || id === vocab.eosId)).toBe(false);
        const bigrams = ids.slice(1).map((id, i) => `${ids[i]} ${id}`);
        expect(new Set(bigrams).size).toBe(bigrams.length);
      }
    }
  });

  test.each(['probability', 'logit'] as const)('an ensemble of it twice is itself (%s)', async (combine) => {
    const twice = ensemble([model, model], { combine });
    for (const strategy of Object.values(strategies)) {
      const alone = await model.generateBatch(inputs, strategy);
      const found = await twice.generateBatch(inputs, strategy);
      found.forEach((list, i) => expectSame(list, alone[i] as TextHypothesis[]));
    }
  });

  test('a stream yields what generate gives, the first token before the second step', async () => {
    for (const [name, make] of Object.entries({ greedy, beam, sample })) {
      let steps = 0;
      const strategy = make({ ...limits, onStep: () => void steps++ });
      const [expected] = await model.generate(inputs[3] as string, make(limits));
      steps = 0;
      const stream = model.stream(inputs[3] as string, strategy);
      const ids: number[] = [];
      let text = '';
      for (;;) {
        const { done, value } = await stream.next();
        if (done === true) {
          expectSame(value, [expected as TextHypothesis]);
          break;
        }
        if (name !== 'beam') expect(steps).toBe(ids.length + 1);
        ids.push(value.id);
        text += value.text;
      }
      expect(ids).toEqual(expected?.ids);
      expect(text).toBe(expected?.text);
    }
  });

  test('a stream that is dropped and a search that is aborted free everything', async () => {
    for (const make of [greedy, beam, sample]) {
      for await (const _ of model.stream(inputs[0] as string, make({ maxLength: 8, minLength: 8 }))) break;
      const untouched = model.stream(inputs[0] as string, make(limits));
      await untouched.return([]);
      const controller = new AbortController();
      const strategy = make({
        ...limits,
        minLength: 8,
        signal: controller.signal,
        onStep: ({ position }) => {
          if (position === 2) controller.abort();
        },
      });
      await expect(model.generateBatch(inputs, strategy)).rejects.toMatchObject({ code: 'aborted' });
      expect(memory().numTensors).toBe(before);
    }
  });
});

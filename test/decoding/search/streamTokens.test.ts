import { memory, setBackend, tensor2d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StreamedToken, Strategy } from '../../../src/contracts/strategy.js';
import type { Hypothesis } from '../../../src/contracts/hypothesis.js';
import { disposeTensors } from '../../../src/core/containers.js';
import { beam } from '../../../src/decoding/beamSearch.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { sample } from '../../../src/decoding/sampleSearch.js';
import { logTable, manyTables, ONE, randomTable, tableStep } from '../tables.js';

const STRATEGIES: Strategy[] = [
  greedy({ maxLength: 8 }),
  sample({ maxLength: 8, seed: 3, nBest: 2 }),
  beam({ maxLength: 8, width: 3, lengthPenalty: { length: 1 } }),
  beam({ maxLength: 8, width: 3, nBest: 2, finished: 'shrink', noRepeatNgram: 2 }),
  // With five tokens, one of them the end, all of them are stuck after four.
  greedy({ maxLength: 8, minLength: 8, noRepeatNgram: 1 }),
  sample({ maxLength: 8, minLength: 8, noRepeatNgram: 1, nBest: 2 }),
  beam({ maxLength: 8, minLength: 8, noRepeatNgram: 1, width: 3, nBest: 2 }),
];

async function drain(
  stream: AsyncGenerator<StreamedToken, Hypothesis[][], void>,
): Promise<{ tokens: StreamedToken[]; found: Hypothesis[][] }> {
  const tokens: StreamedToken[] = [];
  for (;;) {
    const { done, value } = await stream.next();
    if (done === true) return { tokens, found: value };
    tokens.push(value);
  }
}

describe.each(['cpu', 'wasm'])('stream on %s', (backend) => {
  beforeAll(() => setBackend(backend));

  it.each(STRATEGIES)('of $name yields what search finds', async (strategy) => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), async (seeds) => {
        const tables = seeds.map((seed) => randomTable(5, seed));
        const { step, state, constants } = manyTables(tables);
        const setup = { ...ONE, batchSize: tables.length, constants };
        const before = memory().numTensors;
        const { tokens, found } = await drain(strategy.stream(step, state, setup));
        expect(found).toEqual(await strategy.search(step, state, setup));
        found.forEach(([best], sentence) => {
          const own = tokens.filter((token) => token.sentence === sentence);
          expect(own.map(({ id }) => id)).toEqual(best?.ids);
          expect(own.map(({ position }) => position)).toEqual(best?.ids.map((_, i) => i));
          expect(own.map(({ logProbability }) => logProbability)).toEqual(
            best?.tokenLogProbabilities.slice(0, own.length),
          );
        });
        expect(memory().numTensors).toBe(before);
        disposeTensors([state, constants]);
      }),
      { numRuns: 10, seed: 4 },
    );
  });

  it('yields the first token before the second step runs', async () => {
    for (const strategy of [greedy({ maxLength: 8 }), sample({ maxLength: 8, topK: 1 })]) {
      const { step, state, constants, calls } = manyTables([randomTable(5, 8)]);
      const stream = strategy.stream(step, state, { ...ONE, constants });
      await stream.next();
      expect(calls).toHaveLength(1);
      await stream.return([]);
      disposeTensors([state, constants]);
    }
  });

  it('of a beam yields a token once all hypotheses agree on it', async () => {
    // 2 or 3 first, then 4 for certain, then 5: the first token stays open until the end decides.
    const table = logTable([
      [0, 0, 0.6, 0.4, 0, 0],
      [0, 1, 0, 0, 0, 0],
      [0, 0, 0, 0, 1, 0],
      [0, 0, 0, 0, 1, 0],
      [0, 0, 0, 0, 0, 1],
      [0, 1, 0, 0, 0, 0],
    ]);
    const { tokens } = await drain(beam({ width: 2, maxLength: 6 }).stream(tableStep(table), null, ONE));
    expect(tokens.map(({ id }) => id)).toEqual([2, 4, 5]);
    table.dispose();
  });

  it('frees every tensor when it is left early', async () => {
    for (const strategy of STRATEGIES) {
      const { step, state, constants } = manyTables([11, 12].map((seed) => randomTable(5, seed)));
      const before = memory().numTensors;
      for await (const token of strategy.stream(step, state, { ...ONE, batchSize: 2, constants })) {
        if (token.position === 1) break;
      }
      expect(memory().numTensors).toBe(before);
      disposeTensors([state, constants]);
    }
  });

  it('leaves the tensor count flat over many mixed generations', async () => {
    const table = tensor2d(randomTable(5, 1));
    const before = memory().numTensors;
    for (let i = 0; i < 500; i++) {
      const strategy = STRATEGIES[i % STRATEGIES.length] as Strategy;
      if (i % 3 === 0) {
        const controller = new AbortController();
        const onStep = (): void => controller.abort();
        const aborted = greedy({ maxLength: 8, minLength: 4, onStep, signal: controller.signal });
        await expect(aborted.search(tableStep(table), null, ONE)).rejects.toThrow();
      }
      await strategy.search(tableStep(table), null, { ...ONE, batchSize: 1 + (i % 3) });
    }
    expect(memory().numTensors).toBe(before);
    table.dispose();
  });
});

import { setBackend, tensor2d } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, expect, it } from 'vitest';
import type { StoppingCandidate } from '../../../src/contracts/stoppingCriterion.js';
import { beam } from '../../../src/decoding/beamSearch.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { stopAtLoop } from '../../../src/decoding/stopping/stopAtLoop.js';
import { stopAtSequences } from '../../../src/decoding/stopping/stopAtSequences.js';
import { logTable, ONE, only, randomTable, tableStep } from '../tables.js';

beforeAll(() => setBackend('cpu'));

function candidate(ids: number[]): StoppingCandidate {
  return { sentence: 0, length: ids.length, logProbability: -1, last: (count) => ids.slice(-count) };
}

it('stops at a sequence, which stays', async () => {
  // prettier-ignore
  const table = logTable([[0, 0, 0.9, 0.1], [0, 1, 0, 0], [0, 0, 0.1, 0.9], [0, 0, 0.9, 0.1]]);
  const stopping = [stopAtSequences([[9], [3, 2]])];
  const best = only(await greedy({ maxLength: 9, stopping }).search(tableStep(table), null, ONE));
  expect(best).toMatchObject({ ids: [2, 3, 2], finishReason: 'stopped' });
  expect(best.tokenLogProbabilities).toHaveLength(3);
  const [found] = await beam({ maxLength: 9, stopping, width: 2 }).search(tableStep(table), null, ONE);
  expect(found?.[0]).toMatchObject({ ids: [2, 3, 2], finishReason: 'stopped' });
  table.dispose();
});

it('gives a beam that stops the same hypotheses as one that is cut there', async () => {
  const table = tensor2d(randomTable(6, 3));
  const options = { width: 4, nBest: 4, minLength: 3 };
  const atThree = { name: 'atThree', shouldStop: ({ length }: StoppingCandidate): boolean => length === 3 };
  const [stopped] = await beam({ ...options, maxLength: 9, stopping: [atThree] }).search(
    tableStep(table),
    null,
    ONE,
  );
  const [cut] = await beam({ ...options, maxLength: 3, countEndToken: true }).search(
    tableStep(table),
    null,
    ONE,
  );
  expect(stopped?.map(({ ids, score }) => ({ ids, score }))).toEqual(
    cut?.map(({ ids, score }) => ({ ids, score })),
  );
  table.dispose();
});

it('knows a loop from a run', () => {
  const { shouldStop } = stopAtLoop({ longest: 3, times: 3 });
  expect(shouldStop(candidate([5, 5]))).toBe(false);
  expect(shouldStop(candidate([5, 5, 5]))).toBe(true);
  expect(shouldStop(candidate([8, 1, 2, 1, 2, 1, 2]))).toBe(true);
  expect(shouldStop(candidate([1, 2, 1, 2, 1, 3]))).toBe(false);
  expect(shouldStop(candidate([4, 1, 2, 3, 1, 2, 3, 1, 2, 3]))).toBe(true);
  expect(shouldStop(candidate([1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4]))).toBe(false);
});

it('refuses what cannot be a criterion', () => {
  expect(() => stopAtSequences([[]])).toThrow('sequences of at least one id');
  expect(() => stopAtSequences(5 as never)).toThrow('sequences of at least one id but received 5');
  expect(() => stopAtLoop({ times: 1 })).toThrow('times to be a whole number of at least 2');
  expect(() => stopAtLoop({ time: 3 } as never)).toThrow('option names among longest, times');
  expect(() => greedy(null as never)).toThrow('greedy: expected an options object');
  expect(() => greedy({ replaceUnknown: 3 as never })).toThrow(
    "replaceUnknown to be 'copy', a Map or a function",
  );
  expect(() => greedy({ stopping: [{} as never] })).toThrow('an array of objects with a shouldStop method');
});

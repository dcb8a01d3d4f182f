import {
  gather,
  memory,
  setBackend,
  tensor2d,
  zeros,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StepFunction } from '../../src/contracts/stepFunction.js';
import { disposeTensors } from '../../src/core/containers.js';
import { beamSearch } from '../../src/decoding/beamSearch.js';
import { ensembleStep } from '../../src/decoding/ensembleStep.js';
import { greedySearch } from '../../src/decoding/greedySearch.js';
import { logTable, manyTables, ONE, only, randomTable, tableStep } from './tables.js';

describe.each(['cpu', 'wasm'])('ensembleStep on %s', (backend) => {
  beforeAll(() => setBackend(backend));

  it.each(['probability', 'logit'] as const)('of one model twice is that model (%s)', async (combine) => {
    const { step, state, constants } = manyTables([3, 4].map((seed) => randomTable(6, seed)));
    const options = { ...ONE, batchSize: 2, maxLength: 6, width: 3, nBest: 3 };
    const alone = await beamSearch(step, state, { ...options, constants });
    const before = memory().numTensors;
    const twice = ensembleStep([step, step], { combine });
    const found = await beamSearch(twice, [state, state], { ...options, constants: [constants, constants] });
    found.flat().forEach((hypothesis, i) => {
      expect(hypothesis.ids).toEqual(alone.flat()[i]?.ids);
      expect(hypothesis.score).toBeCloseTo(alone.flat()[i]?.score as number, 4);
    });
    expect(memory().numTensors).toBe(before);
    disposeTensors([state, constants]);
  });

  it('averages probabilities, or their logarithms, by weight', async () => {
    // prettier-ignore
    const first = logTable([[0.1, 0.2, 0.6, 0.1], [0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]]);
    // prettier-ignore
    const second = logTable([[0.1, 0.2, 0.2, 0.5], [0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0]]);
    const run = async (options: object): Promise<[number | undefined, number]> => {
      const step = ensembleStep([tableStep(first), tableStep(second)], options);
      const best = only(await greedySearch(step, [null, null], { ...ONE, maxLength: 2 }));
      return [best.ids[0], Math.exp(best.tokenLogProbabilities[0] as number)];
    };
    const [id, probability] = await run({});
    expect(id).toBe(2);
    expect(probability).toBeCloseTo(0.4, 5);
    const [weighted, heavier] = await run({ weights: [1, 3] });
    expect(weighted).toBe(3);
    expect(heavier).toBeCloseTo(0.4, 5);
    const geometric = [0.1, 0.2, Math.sqrt(0.12), Math.sqrt(0.05)];
    const [, mean] = await run({ combine: 'logit' });
    expect(mean).toBeCloseTo(Math.sqrt(0.12) / geometric.reduce((a, b) => a + b), 5);
    disposeTensors([first, second]);
  });

  it('averages the attention, and rules out what a member rules out', async () => {
    // prettier-ignore
    const table = tensor2d([[-Infinity, -Infinity, 1, 0], [0, 0, 0, 0], [-Infinity, 9, 0, 0], [0, 9, 0, 0]]);
    const member = (weights: number[]): StepFunction<null, undefined> => {
      return (last: Tensor1D) => ({
        logits: gather(table, last),
        state: null,
        attention: tensor2d([weights]),
      });
    };
    const step = ensembleStep([member([1, 0]), member([0, 1])], { weights: [3, 1] });
    const before = memory().numTensors;
    const best = only(await greedySearch(step, [null, null], { ...ONE, maxLength: 3 }));
    expect(best.ids).toEqual([2]);
    expect(best.attention?.[0]).toEqual(new Float32Array([0.75, 0.25]));
    expect(memory().numTensors).toBe(before);
    table.dispose();
  });

  it('refuses members that do not fit', async () => {
    expect(() => ensembleStep([])).toThrow('ensembleStep: expected at least one member');
    expect(() => ensembleStep([() => ({}) as never], { weights: [1, 2] })).toThrow(
      'one number a member, 1 but received [1, 2]',
    );
    expect(() => ensembleStep([() => ({}) as never], { weights: [0] })).toThrow('each weight');
    expect(() => ensembleStep([() => ({}) as never], { combine: 'mean' as never })).toThrow(
      'combine to be one of',
    );
    const sized = (size: number) => (): { logits: Tensor2D; state: null } => ({
      logits: zeros([1, size]),
      state: null,
    });
    const before = memory().numTensors;
    const search = greedySearch(ensembleStep([sized(4), sized(5)]), [null, null], { ...ONE, maxLength: 2 });
    await expect(search).rejects.toThrow('share the target vocabulary');
    expect(memory().numTensors).toBe(before);
  });
});

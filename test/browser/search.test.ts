import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import type { Strategy } from '../../src/contracts/strategy.js';
import { beam } from '../../src/decoding/beamSearch.js';
import { greedy } from '../../src/decoding/greedySearch.js';
import { sample } from '../../src/decoding/sampleSearch.js';
import type { TextHypothesis } from '../../src/model/generation/generateText.js';
import { tinyModel } from '../model/tinyModel.js';

const inputs = ['a', 'b c d', 'e d c b a'];
const strategies: readonly [name: string, strategy: Strategy][] = [
  ['greedy', greedy({ maxLength: 5, noRepeatNgram: 2 })],
  ['beam', beam({ width: 3, nBest: 3, maxLength: 5, lengthPenalty: { gnmt: 0.6 } })],
  ['sample', sample({ seed: 3, maxLength: 5, temperature: 0.8, topK: 5, topP: 0.95 })],
];

/** The model's answers, and that they leave no tensors. */
async function answers(strategy: Strategy): Promise<TextHypothesis[][]> {
  const before = memory().numTensors;
  const model = tinyModel({ encoder: { bidirectional: true } });
  const found = await model.generateBatch(inputs, strategy);
  model.dispose();
  expect(memory().numTensors).toBe(before);
  return found;
}

describe('every search finds what it finds in plain JavaScript', () => {
  const expected = new Map<string, TextHypothesis[][]>();

  beforeAll(async () => {
    await useBackend('cpu');
    for (const [name, strategy] of strategies) expected.set(name, await answers(strategy));
    await useBackend(inject('backend'));
  });

  test.each(strategies)('%s', async (name, strategy) => {
    const found = await answers(strategy);
    const golden = expected.get(name) as TextHypothesis[][];
    expect(found.map((list) => list.map(({ ids }) => ids))).toEqual(
      golden.map((list) => list.map(({ ids }) => ids)),
    );
    found.flat().forEach(({ score }, i) => expect(score).toBeCloseTo(golden.flat()[i]?.score ?? NaN, 4));
  });
});

test('a stream gives the tokens one by one, and frees its tensors when it is left', async () => {
  const model = tinyModel();
  const before = memory().numTensors;
  const seen: string[] = [];
  for await (const { token } of model.stream('a b c', greedy({ maxLength: 4, minLength: 3 }))) {
    seen.push(token);
    if (seen.length === 2) break;
  }
  expect(seen).toHaveLength(2);
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

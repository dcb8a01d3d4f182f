import { memory } from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { adam } from '../../src/training/optimizers/adam.js';
import { constantRatio } from '../../src/training/teacherForcing/constantRatio.js';
import { kinds } from './generation/generationKinds.js';
import { tinyModel } from './tinyModel.js';

const pairs = [
  { source: 'a b c', target: 'c b' },
  { source: 'b', target: '' },
  { source: 'd e', target: [] },
  { source: 'c', target: 'a' },
];

describe.each(['cpu', 'wasm'] as const)('an empty target on %s', (backend) => {
  beforeEach(async () => void (await useBackend(backend)));

  test.each(Object.entries(kinds))('is trained, by %s', async (_, build) => {
    const model = build();
    const before = memory().numTensors;
    const teacherForcing = constantRatio(0.5);
    // Also a batch of empty targets alone, one step long.
    const lonely = await model.fit(pairs.slice(1, 3), { epochs: 1, batchSize: 2, teacherForcing });
    const { epochs } = await model.fit(pairs, {
      epochs: 2,
      batchSize: 3,
      teacherForcing: { schedule: teacherForcing, per: 'step' },
    });
    expect([...lonely.epochs, ...epochs].every(({ loss }) => Number.isFinite(loss))).toBe(true);
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  test('counts as its end token in evaluate, as in score', async () => {
    const model = tinyModel();
    const before = memory().numTensors;
    const { tokens, loss } = await model.evaluate(pairs);
    const scores = await Promise.all(pairs.map(({ source, target }) => model.score(source, target)));
    expect(tokens).toBe(3 + 1 + 1 + 2);
    const total = scores.reduce((sum, { logProbability }) => sum + logProbability, 0);
    expect(loss).toBeCloseTo(-total / tokens, 4);
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  test('is learnt', async () => {
    const model = tinyModel({ seed: 2 });
    const silent = [
      { source: 'a', target: '' },
      { source: 'b', target: 'b' },
    ];
    await model.fit(silent, { epochs: 150, optimizer: adam({ learningRate: 0.02 }) });

    expect((await model.generateBatch(['a', 'b'])).map(([best]) => best?.text)).toEqual(['', 'b']);
    expect(await model.evaluate(silent)).toMatchObject({ exactMatch: 1, tokens: 3, tokenAccuracy: 1 });
    const { exactMatch, bleu } = await model.evaluate(silent.slice(0, 1));
    expect([exactMatch, bleu]).toEqual([1, 0]); // BLEU counts n-grams, and there are none
    model.dispose();
  });
});

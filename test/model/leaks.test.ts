import { memory, mul } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { linearDecay } from '../../src/training/teacherForcing/linearDecay.js';
import { constantRatio } from '../../src/training/teacherForcing/constantRatio.js';
import { crossEntropy, type Loss } from '../../src/training/losses/crossEntropy.js';
import { beam } from '../../src/decoding/beamSearch.js';
import { greedy } from '../../src/decoding/greedySearch.js';
import { sample } from '../../src/decoding/sampleSearch.js';
import { copyPairs, pairs, tinyModel } from './tinyModel.js';

const dropout = {
  encoder: { layers: 2, bidirectional: true, dropout: 0.3 },
  decoder: { layers: 2, dropout: 0.3 },
};
const data = copyPairs(160, 1);

// The cpu backend is slow: a few steps there show the same as many.
describe.each([
  ['wasm', 200],
  ['cpu', 20],
] as const)('the tensor count stays flat on %s', (backend, steps) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  test('over training steps, with dropout, sampled predictions and validation', async () => {
    const model = tinyModel(dropout);
    const before = memory();
    const counts = new Set<number>();
    const history = await model.fit(data, {
      epochs: steps / 20,
      batchSize: 8,
      teacherForcing: linearDecay({ from: 1, to: 0.3, steps: 100 }),
      validation: pairs,
      onStep: () => void counts.add(memory().numTensors),
    });
    expect(history.updates).toBe(steps);
    expect(counts.size).toBe(1);
    expect(memory().numTensors).toBe(before.numTensors);
    expect(memory().numBytes).toBe(before.numBytes);
    model.dispose();
  });

  test('over generations', async () => {
    const model = tinyModel();
    const before = memory();
    for (let i = 0; i < steps; i++) {
      await model.generate(pairs[i % pairs.length]?.source as string, greedy({ maxLength: 5 }));
      expect(memory().numTensors).toBe(before.numTensors);
    }
    expect(memory().numBytes).toBe(before.numBytes);
    model.dispose();
  });

  test('over evaluations and every strategy', async () => {
    const model = tinyModel();
    const before = memory().numTensors;
    await model.evaluate(pairs, { batchSize: 3 });
    await model.generateBatch(['a', 'b c'], beam({ width: 3, maxLength: 4 }));
    await model.generateBatch(['a', 'b c'], sample({ seed: 1, maxLength: 4 }));
    await model.score('a b', 'b');
    for await (const _ of model.stream('a b c', greedy({ maxLength: 4 }))) break;
    model.startDecoding(['a', 'b c']).dispose();
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  test('after a loss that throws, is not finite, or is not one of ours', async () => {
    const model = tinyModel(dropout);
    const before = memory().numTensors;
    const failing = (step: number, fail: (loss: ReturnType<Loss>) => ReturnType<Loss>): Loss => {
      let calls = 0;
      return (inputs) => {
        const loss = crossEntropy()(inputs);
        return ++calls === step ? fail(loss) : loss;
      };
    };
    const stop = (): never => {
      throw new Error('stop');
    };
    const options = { batchSize: 8, teacherForcing: constantRatio(0.5) };
    await expect(model.fit(data, { ...options, loss: failing(3, stop) })).rejects.toThrow('stop');
    expect(memory().numTensors).toBe(before);
    const nan = failing(3, (loss) => mul(loss, NaN));
    await expect(model.fit(data, { ...options, loss: nan })).rejects.toMatchObject({ code: 'not-finite' });
    expect(memory().numTensors).toBe(before);
    await expect(model.fit(data, { ...options, onStep: stop })).rejects.toThrow('stop');
    await expect(model.fit(data, { ...options, onEpoch: stop })).rejects.toThrow('stop');
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  test('after aborted training, generation and evaluation', async () => {
    const model = tinyModel();
    const before = memory().numTensors;
    const training = new AbortController();
    const fit = model.fit(data, {
      batchSize: 8,
      signal: training.signal,
      onStep: ({ step }) => {
        if (step === 2) training.abort();
      },
    });
    const searching = new AbortController();
    const strategy = greedy({
      maxLength: 6,
      signal: searching.signal,
      onStep: ({ position }) => {
        if (position === 1) searching.abort();
      },
    });
    await expect(fit).rejects.toMatchObject({ code: 'aborted' });
    await expect(model.generateBatch(['a', 'b c'], strategy)).rejects.toMatchObject({ code: 'aborted' });
    await expect(model.evaluate(pairs, { strategy })).rejects.toMatchObject({ code: 'aborted' });
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  test('after input that is refused', async () => {
    const model = tinyModel();
    const before = memory().numTensors;
    await expect(model.fit([{ source: 'a', target: [99] }])).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(model.evaluate([{ source: [4, -1], target: 'a' }])).rejects.toMatchObject({
      code: 'invalid-input',
    });
    await expect(model.generate([4, 99])).rejects.toMatchObject({ code: 'invalid-input' });
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });
});

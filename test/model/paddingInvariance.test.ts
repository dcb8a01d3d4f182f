import { memory, slice, tidy } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import type { Batch } from '../../src/contracts/batch.js';
import { disposeTensors } from '../../src/core/containers.js';
import { createRandom } from '../../src/core/random.js';
import { batches } from '../../src/data/batches.js';
import type { Example } from '../../src/data/example.js';
import { greedy } from '../../src/decoding/greedySearch.js';
import { assemble } from '../../src/model/assemble.js';
import { exampleBatch } from '../../src/model/input/exampleBatches.js';
import { encodePairs, exampleOf } from '../../src/model/input/encodePairs.js';
import { batchLoss, countTokens, readBatch, type ModelCore } from '../../src/model/modelCore.js';
import { computeGradients } from '../../src/training/computeGradients.js';
import { crossEntropy } from '../../src/training/losses/crossEntropy.js';
import { adam } from '../../src/training/optimizers/adam.js';
import { expectValues } from '../support/closeTo.js';
import { pairs, tinyModel } from './tinyModel.js';

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  describe.each([
    ['rnn', 1, false],
    ['rnn', 2, true],
    ['gru', 1, true],
    ['gru', 2, false],
    ['lstm', 1, false],
    ['lstm', 2, true],
  ] as const)('%s, layers %i, bidirectional %o', (cell, layers, bidirectional) => {
    const model = () =>
      tinyModel({
        encoder: { cell, layers, bidirectional },
        decoder: { cell, layers, input: ['previous', 'summary'], readout: ['output', 'summary'] },
      });

    test('losses, gradients and features of padded batches are those of each pair alone', () => {
      const before = memory().numTensors;
      const { parts, dispose } = model();
      dispose();
      const blocks = assemble(parts, createRandom(3));
      const core: ModelCore = { parts, blocks, isDisposed: () => false, running: { fit: false } };
      const examples = Array.from(encodePairs('test', parts, pairs), exampleOf);
      const built = memory().numTensors;

      /** Losses and gradients, summed over tokens, and each token's features in the order of the batches. */
      const run = (groups: Iterable<readonly Example[]>) => {
        const total = { loss: 0, tokens: 0, gradients: new Map<string, number[]>() };
        const features = new Map<Example, number[]>();
        for (const group of groups) {
          const batch: Batch = exampleBatch(parts, group);
          const tokens = countTokens(batch);
          const { loss, gradients } = computeGradients(
            () => batchLoss(core, batch, null, crossEntropy()),
            blocks.parameters(),
          );
          total.tokens += tokens;
          total.loss += (loss.dataSync()[0] as number) * tokens;
          for (const [name, gradient] of Object.entries(gradients)) {
            const sum = total.gradients.get(name) ?? new Array<number>(gradient.size).fill(0);
            gradient.dataSync().forEach((value, i) => (sum[i] = (sum[i] as number) + value * tokens));
            total.gradients.set(name, sum);
          }
          tidy(() => {
            const { features: all } = readBatch(core, batch, null);
            let start = 0;
            group.forEach((example, row) => {
              const length = batch.targetLengths[row] as number;
              features.set(example, [...slice(all, [start, 0], [length, -1]).dataSync()]);
              start += length;
            });
          });
          disposeTensors([loss, gradients]);
          batch.dispose();
        }
        return { ...total, features };
      };

      const alone = run(examples.map((example) => [example]));
      const together = run([examples]);
      const bucketed = run(batches(examples, { batchSize: 3, seed: 1 }));
      for (const padded of [together, bucketed]) {
        expect(padded.tokens).toBe(alone.tokens);
        expect(padded.loss).toBeCloseTo(alone.loss, 3);
        expect(padded.gradients.size).toBe(alone.gradients.size);
        for (const [name, sum] of alone.gradients) {
          expectValues(padded.gradients.get(name) as number[], sum, 2e-4);
        }
        for (const [example, values] of alone.features) {
          expectValues(padded.features.get(example) as number[], values, 1e-5);
        }
      }
      expect(memory().numTensors).toBe(built);
      blocks.dispose();
      expect(memory().numTensors).toBe(before);
    });

    test('ids and scores of a padded batch are those of each source alone', async () => {
      const before = memory().numTensors;
      const built = model();
      // Outputs must differ from source to source, or there would be nothing to compare.
      await built.fit(pairs, { epochs: 40, optimizer: adam({ learningRate: 0.03 }) });
      const sources = pairs.map(({ source }) => source);
      const strategy = greedy({ maxLength: 9 });
      const together = await built.generateBatch(sources, strategy);
      const bucketed = await built.generateBatch(sources, strategy, { batchSize: 3 });
      expect(new Set(together.map((found) => String(found[0]?.ids))).size).toBeGreaterThan(1);
      for (const [i, source] of sources.entries()) {
        const [alone] = await built.generate(source, strategy);
        for (const [padded] of [together[i] ?? [], bucketed[i] ?? []]) {
          expect(padded?.ids).toEqual(alone?.ids);
          expect(padded?.finishReason).toBe(alone?.finishReason);
          expect(padded?.logProbability).toBeCloseTo(alone?.logProbability as number, 4);
        }
      }
      built.dispose();
      expect(memory().numTensors).toBe(before);
    });
  });
});

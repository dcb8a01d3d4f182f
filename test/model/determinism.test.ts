import { beforeAll, describe, expect, test } from 'vitest';
import { useBackend } from '../../src/backend/useBackend.js';
import { sample } from '../../src/decoding/sampleSearch.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import type { FitOptions } from '../../src/model/fit.js';
import { constantRatio } from '../../src/training/teacherForcing/constantRatio.js';
import { copyPairs, tinyModel, tokenizer, vocab, weightsOf } from './tinyModel.js';

const data = copyPairs(50, 4);

/** The losses of every update, the weights at the end and what is sampled from them. */
async function run(buildSeed: number, fitSeed: number) {
  const model = tinyModel({
    seed: buildSeed,
    encoder: { cell: 'lstm', layers: 2, bidirectional: true, dropout: 0.2 },
    decoder: { dropout: 0.2 },
  });
  const start = weightsOf(model);
  const losses: number[] = [];
  await model.fit(data, {
    epochs: 2,
    batchSize: 8,
    seed: fitSeed,
    teacherForcing: { schedule: constantRatio(0.5), per: 'token' },
    onStep: ({ loss, gradientNorm }) => void losses.push(loss, gradientNorm),
  });
  const sampled = await model.generateBatch(['a b', 'c'], sample({ seed: 3, maxLength: 6 }));
  const ids = sampled.map(([found]) => found?.ids);
  const result = { start, losses, weights: weightsOf(model), ids };
  model.dispose();
  return result;
}

describe.each(['wasm', 'cpu'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend);
  });

  test('the same seeds give the same losses, weights and samples, bit for bit', async () => {
    const [first, second] = [await run(1, 2), await run(1, 2)];
    expect(first.losses).toHaveLength(2 * 2 * 7);
    expect(second).toEqual(first);
  });

  test('teacher forcing is set by the builder or by fit, the schedule and its unit each alone too', async () => {
    const [schedule, per] = [constantRatio(0.5), 'token'] as const;
    const train = async (
      built: Parameters<ReturnType<typeof seq2seq>['teacherForcing']>,
      teacherForcing: FitOptions['teacherForcing'] = {},
    ): Promise<number[]> => {
      const losses: number[] = [];
      const model = seq2seq()
        .source({ vocab, tokenizer })
        .target({ vocab, tokenizer })
        .encoder(recurrentEncoder({ units: 3 }))
        .decoder(recurrentDecoder({ units: 3 }))
        .teacherForcing(...built)
        .build();
      await model.fit(data, {
        epochs: 1,
        batchSize: 8,
        teacherForcing,
        onStep: ({ loss }) => void losses.push(loss),
      });
      model.dispose();
      return losses;
    };
    const expected = await train([schedule, { per }]);
    expect(await train([constantRatio(1)], { schedule, per })).toEqual(expected);
    expect(await train([constantRatio(1), { per }], { schedule })).toEqual(expected);
    expect(await train([constantRatio(1), { per }], schedule)).toEqual(expected);
    expect(await train([schedule], { per })).toEqual(expected);
    expect(await train([schedule])).not.toEqual(expected);
    expect(await train([constantRatio(1), { per }])).not.toEqual(expected);
  });

  test("the builder's seed decides the first weights, the seed of fit the order and the teacher forcing", async () => {
    const [first, other, reordered] = [await run(1, 2), await run(3, 2), await run(1, 3)];
    expect(other.start).not.toEqual(first.start);
    expect(other.losses).not.toEqual(first.losses);
    expect(reordered.start).toEqual(first.start);
    expect(reordered.losses).not.toEqual(first.losses);
  });
});

import '@tensorflow/tfjs-backend-cpu';
import { io, memory, tensor1d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { luongAttention } from '../../src/attention/luongAttention.js';
import { useBackend } from '../../src/backend/useBackend.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { zeroBridge } from '../../src/bridges/zeroBridge.js';
import { seq2seq, type Seq2SeqBuilder } from '../../src/builder/seq2seq.js';
import type { AttentionSpec } from '../../src/contracts/attention.js';
import type { EncoderSpec } from '../../src/contracts/encoder.js';
import type { GeneratedFrames } from '../../src/contracts/frameGeneration.js';
import { createRandom } from '../../src/core/random.js';
import type { Frames } from '../../src/data/example.js';
import { greedy } from '../../src/decoding/greedySearch.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { transformerDecoder } from '../../src/decoders/transformerDecoder.js';
import { convolutionalEncoder } from '../../src/encoders/convolutionalEncoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { transformerEncoder } from '../../src/encoders/transformerEncoder.js';
import { ensemble } from '../../src/model/ensemble.js';
import type { FramePair } from '../../src/model/input/encodeInput.js';
import type { FrameModel } from '../../src/model/frameModel.js';
import { loadSeq2Seq } from '../../src/model/loadSeq2Seq.js';
import { frameLoss } from '../../src/training/losses/frameLoss.js';
import { expectValues } from '../support/closeTo.js';
import { tokenizer, vocab } from './tinyModel.js';

beforeAll(() => useBackend('cpu'));

const [sourceFeatures, features] = [3, 2];
const random = createRandom(5);
const framesOf = (length: number, width: number): number[][] =>
  Array.from({ length }, () => Array.from({ length: width }, () => random.normal()));
/** Sources and targets of several lengths. */
const pairs: FramePair[] = [
  [4, 3],
  [1, 5],
  [7, 1],
  [2, 2],
  [5, 4],
].map(([source, target]) => ({
  source: framesOf(source as number, sourceFeatures),
  target: framesOf(target as number, features),
}));

const encoders: [string, EncoderSpec][] = [
  ['recurrent', recurrentEncoder({ cell: 'lstm', units: 5, bidirectional: true })],
  ['convolutional', convolutionalEncoder({ units: 6, layers: 2, kernelSize: 3 })],
  ['transformer', transformerEncoder({ width: 6, heads: 2, layers: 1 })],
];
const attentions: [string, AttentionSpec | null, object][] = [
  ['no attention', null, {}],
  ['attention before the cell', bahdanauAttention({ units: 4 }), {}],
  ['attention after the cell, fed', luongAttention({ score: 'general' }), { inputFeeding: true }],
];

function builder(
  encoder: EncoderSpec,
  [, attention, options]: (typeof attentions)[number],
): Seq2SeqBuilder<'target'> {
  const parts = seq2seq()
    .source({ features: sourceFeatures })
    .encoder(encoder)
    .bridge(linearBridge())
    .decoder(
      recurrentDecoder({
        cell: 'lstm',
        units: 7,
        layers: 2,
        ...(attention === null ? { input: ['previous', 'summary'] } : {}),
      }),
    );
  return attention === null ? parts : parts.attention(attention, options);
}

function tiny(): FrameModel {
  return builder(recurrentEncoder({ units: 5 }), attentions[1] as (typeof attentions)[number])
    .target({ features })
    .build({ seed: 3 });
}

async function saveAndLoad(model: { save: FrameModel['save'] }): Promise<() => io.IOHandler> {
  let artifacts: io.ModelArtifacts | undefined;
  await model.save(
    io.withSaveHandler((given) => {
      artifacts = given;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  return () => io.fromMemory(structuredClone(artifacts as io.ModelArtifacts));
}

function expectSame(actual: GeneratedFrames, expected: GeneratedFrames): void {
  expect(actual.finishReason).toBe(expected.finishReason);
  expect(actual.frames.length).toBe(expected.frames.length);
  actual.frames.forEach((frame, t) => expectValues(frame, expected.frames[t] as Float32Array));
  expectValues(actual.stopProbabilities, expected.stopProbabilities);
  expect(actual.attention?.length).toBe(expected.attention?.length);
  actual.attention?.forEach((row, t) => expectValues(row, expected.attention?.[t] as Float32Array));
}

describe.each(encoders)('frames in and out, %s encoder', (_, encoder) => {
  test.each(attentions)(
    '%s: trains, generates, is not touched by padding, saves and loads',
    async (...attention) => {
      const before = memory().numTensors;
      const model = builder(encoder, attention).target({ features }).build({ seed: 1 });
      const first = await model.evaluate(pairs);
      const history = await model.fit(pairs, {
        epochs: 6,
        batchSize: 3,
        seed: 2,
        teacherForcing: () => 0.5,
        validation: pairs,
      });
      expect(history.epochs.at(-1)?.validation?.['loss']).toBeLessThan(first.loss);

      const sources = pairs.map(({ source }) => source);
      const together = await model.generateBatch(sources, { maxLength: 4, stopThreshold: 0.4 });
      for (const [i, source] of sources.entries()) {
        const alone = await model.generate(source, { maxLength: 4, stopThreshold: 0.4 });
        expectSame(together[i] as GeneratedFrames, alone);
        expect(alone.attention?.[0]?.length).toBe(attention[1] === null ? undefined : source.length);
      }
      const loaded = await loadSeq2Seq((await saveAndLoad(model))(), { target: 'frames' });
      expect((await loaded.generateBatch(sources, { maxLength: 4, stopThreshold: 0.4 })).map(plain)).toEqual(
        together.map(plain),
      );
      model.dispose();
      loaded.dispose();
      expect(memory().numTensors).toBe(before);
    },
  );

  test('frames in, text out', async () => {
    const before = memory().numTensors;
    const model = builder(encoder, attentions[1] as (typeof attentions)[number])
      .target({ vocab, tokenizer })
      .build({ seed: 1 });
    const texts = pairs.map(({ source }, i) => ({
      source,
      target: ['a', 'b', 'c d', 'e', 'a a'][i] as string,
    }));
    await model.fit(texts, { epochs: 3, batchSize: 2 });
    const sources = texts.map(({ source }) => source);
    const together = await model.generateBatch(sources, greedy({ maxLength: 5 }));
    for (const [i, source] of sources.entries()) {
      const [alone] = await model.generate(source, greedy({ maxLength: 5 }));
      expect(alone?.ids).toEqual(together[i]?.[0]?.ids);
      expect(alone?.score).toBeCloseTo(together[i]?.[0]?.score as number, 4);
      expect(alone?.attention?.[0]?.length).toBe(source.length);
    }
    const loaded = await loadSeq2Seq((await saveAndLoad(model))());
    expect(await loaded.generateBatch(sources, greedy({ maxLength: 5 }))).toEqual(together);
    model.dispose();
    loaded.dispose();
    expect(memory().numTensors).toBe(before);
  });
});

function plain({ frames, ...rest }: GeneratedFrames): object {
  return { ...rest, frames: frames.map((frame) => [...frame]) };
}

describe('evaluate', () => {
  test('measures one step ahead and running freely, whatever the batches', async () => {
    const model = tiny();
    const whole = await model.evaluate(pairs);
    const apart = await model.evaluate(pairs, { batchSize: 1 });
    for (const name of Object.keys(whole) as (keyof typeof whole)[])
      expect(apart[name]).toBeCloseTo(whole[name], 5);
    expect(whole.frames).toBe(15);

    // the first frame follows zeros, so both are the same for sequences of one frame
    const single = await model.evaluate(pairs.slice(2, 3));
    expect(single.freeRunningMeanSquaredError).toBe(single.meanSquaredError);
    expect(single.freeRunningMeanAbsoluteError).toBe(single.meanAbsoluteError);

    // running freely is what generate does
    let [squared, absolute, right] = [0, 0, 0];
    for (const { source, target } of pairs) {
      const { frames } = await model.generate(source, { maxLength: target.length, stopThreshold: 1 });
      frames.forEach((frame, t) =>
        frame.forEach((value, i) => {
          squared += (value - (target[t]?.[i] as number)) ** 2;
          absolute += Math.abs(value - (target[t]?.[i] as number));
        }),
      );
      const free = await model.generate(source, { maxLength: target.length });
      right += free.finishReason === 'stop' && free.frames.length === target.length ? 1 : 0;
    }
    expect(whole.freeRunningMeanSquaredError).toBeCloseTo(squared / (15 * features), 4);
    expect(whole.freeRunningMeanAbsoluteError).toBeCloseTo(absolute / (15 * features), 4);
    expect(whole.lengthAccuracy).toBeCloseTo(right / pairs.length, 10);

    const bare = await model.evaluate(pairs, { loss: frameLoss({ error: 'absolute', stopWeight: 0 }) });
    expect(bare.loss).toBeCloseTo(whole.meanAbsoluteError, 5);
    model.dispose();
  });

  test('counts the lengths that are right', async () => {
    const model = tiny();
    const bias = model.parameters()['decoder.fc_out.bias'];
    const ends = tensor1d([0, 0, 50]); // every first frame is the last: right for one target of five
    bias?.assign(ends);
    expect((await model.evaluate(pairs)).lengthAccuracy).toBeCloseTo(0.2, 10);
    const never = tensor1d([0, 0, -50]);
    bias?.assign(never);
    expect((await model.evaluate(pairs)).lengthAccuracy).toBe(0);
    ends.dispose();
    never.dispose();
    model.dispose();
  });
});

test('stream gives what generate does, frame by frame, and leaves nothing when left early', async () => {
  const model = tiny();
  const [{ source }] = pairs as [FramePair];
  const whole = await model.generate(source, { maxLength: 3, stopThreshold: 1 });
  const before = memory().numTensors;
  const seen: Float32Array[] = [];
  for await (const { frame, position } of model.stream(source, { maxLength: 3, stopThreshold: 1 })) {
    expect(position).toBe(seen.length);
    seen.push(frame);
  }
  expect(seen).toEqual(whole.frames);
  for await (const { position } of model.stream(source, { maxLength: 3, stopThreshold: 1 }))
    if (position === 0) break;
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

describe('refuses', () => {
  const part = (side: 'source' | 'target', frames: unknown): FramePair[] => [
    pairs[0] as FramePair,
    { ...(pairs[1] as FramePair), [side]: frames as Frames },
  ];

  test.each<[string, FramePair[], string]>([
    [
      'a source of another width',
      part('source', [
        [1, 2, 3],
        [1, 2],
      ]),
      'fit: pair 1, source: expected 3 features in every frame but received 2. Look at frame 1.',
    ],
    [
      'a target of another width',
      part('target', [[1, 2, 3]]),
      'fit: pair 1, target: expected 2 features in every frame but received 3. Look at frame 0.',
    ],
    [
      'NaN',
      part('target', [
        [1, 2],
        [NaN, 0],
      ]),
      'fit: pair 1, target: expected finite numbers in every frame but received NaN. Look at feature 0 of frame 1; fill gaps in the data first.',
    ],
    [
      'infinity',
      part('source', [Float32Array.of(1, 2, Infinity)]),
      'fit: pair 1, source: expected finite numbers in every frame but received Infinity. Look at feature 2 of frame 0; fill gaps in the data first.',
    ],
    [
      'text',
      part('target', 'text'),
      'fit: pair 1, target: expected frames of 2 numbers but received "text".',
    ],
    ['ids', part('source', [1, 2]), 'fit: pair 1, source: expected frames of 3 numbers but received [1, 2].'],
    ['no frames', part('target', []), 'fit: pair 1, target: expected frames of 2 numbers but received [].'],
  ])('%s', async (_, data, message) => {
    const model = tiny();
    const before = memory().numTensors;
    await expect(model.fit(data)).rejects.toThrow(message);
    await expect(model.evaluate(data)).rejects.toThrow(message.replace('fit', 'evaluate'));
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  test('what only text has', async () => {
    const model = tiny();
    const untyped = model as unknown as Record<
      'score' | 'align' | 'generate' | 'generateBatch',
      (...given: unknown[]) => Promise<unknown>
    >;
    const source = pairs[0]?.source;
    for (const name of ['score', 'align'] as const) {
      expect(() => untyped[name](source, source)).toThrow(
        `${name}: expected a model with a target of text but received "a target of float frames". Measure frames with evaluate(); generate() returns their attention.`,
      );
    }
    const strategy =
      'received "the strategy greedy()". Strategies choose among tokens; a target of frames leaves nothing to choose.';
    await expect(untyped.generate(source, greedy())).rejects.toThrow(strategy);
    await expect(untyped.generateBatch([source], greedy())).rejects.toThrow(strategy);
    await expect(model.evaluate(pairs, { strategy: greedy() } as never)).rejects.toThrow(
      'received "strategy"',
    );
    expect(() => ensemble([model as never])).toThrow(
      'ensemble: expected models that write text but received "a target of float frames in model 0".',
    );
    model.dispose();
  });

  test('a decoder without frames, and a file of another kind', async () => {
    const before = memory().numTensors;
    const parts = seq2seq()
      .source({ features: 3 })
      .target({ features: 2 })
      .encoder(recurrentEncoder({ units: 5 }));
    expect(() =>
      parts
        .bridge(zeroBridge())
        .decoder(transformerDecoder({ width: 8, heads: 2, layers: 1 }))
        .build(),
    ).toThrow(
      'transformerDecoder: expected a target of tokens but received "frames". Use recurrentDecoder to write frames.',
    );
    const frames = tiny();
    const text = builder(recurrentEncoder({ units: 5 }), attentions[0] as (typeof attentions)[number])
      .target({ vocab, tokenizer })
      .build();
    const [framesFile, textFile] = [await saveAndLoad(frames), await saveAndLoad(text)];
    frames.dispose();
    text.dispose();
    await expect(loadSeq2Seq(framesFile())).rejects.toThrow(
      `loadSeq2Seq: expected a model that writes text but received "frames". Load it with { target: 'frames' }.`,
    );
    await expect(loadSeq2Seq(textFile(), { target: 'frames' })).rejects.toMatchObject({
      code: 'incompatible-parts',
    });
    expect(memory().numTensors).toBe(before);
  });

  test('use after dispose', async () => {
    const model = tiny();
    model.dispose();
    const source = pairs[0]?.source as Frames;
    const disposed = expect.objectContaining({ code: 'disposed' }) as Error;
    await expect(model.fit(pairs)).rejects.toThrow(disposed);
    await expect(model.evaluate(pairs)).rejects.toThrow(disposed);
    await expect(model.generate(source)).rejects.toThrow(disposed);
    await expect(model.stream(source).next()).rejects.toThrow(disposed);
    expect(() => model.startDecoding([source])).toThrow(disposed);
  });
});

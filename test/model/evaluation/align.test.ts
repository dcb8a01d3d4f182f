import { memory } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bahdanauAttention } from '../../../src/attention/bahdanauAttention.js';
import { useBackend } from '../../../src/backend/useBackend.js';
import { linearBridge } from '../../../src/bridges/linearBridge.js';
import { seq2seq } from '../../../src/builder/seq2seq.js';
import type { DecoderSpec } from '../../../src/contracts/decoder.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { recurrentDecoder } from '../../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../../src/encoders/recurrentEncoder.js';
import type { Alignment } from '../../../src/model/evaluation/align.js';
import type { Seq2SeqModel } from '../../../src/model/seq2seqModel.js';
import { expectValues } from '../../support/closeTo.js';
import { kinds, type Kind } from '../generation/generationKinds.js';
import { pairs, tinyModel, tokenizer, vocab } from '../tinyModel.js';

const attending: Kind[] = [
  'Bahdanau attention',
  'Luong attention, input feeding',
  'convolutional encoder',
  'transformer',
];
const words = (text: string): string[] => (text === '' ? [] : text.split(' '));

beforeAll(async () => {
  await useBackend('wasm');
});

describe.each(attending)('%s', (kind) => {
  let model: Seq2SeqModel;
  let before: number;
  beforeAll(() => {
    model = kinds[kind]();
    before = memory().numTensors;
  });
  afterAll(() => {
    expect(memory().numTensors).toBe(before);
    model.dispose();
  });

  test.each([
    ['a b Zoé', 'c a Zoé'],
    ['d', ''],
  ])(
    'one row a target token and one for the end, over what the encoder read: %s → %s',
    async (source, target) => {
      const found = await model.align(source, target);
      expect(found.sourceTokens).toEqual(['<sos>', ...words(source), '<eos>']);
      expect(found.targetTokens).toEqual([...words(target), '<eos>']);
      expect(found.weights).toHaveLength(found.targetTokens.length);
      for (const row of found.weights) {
        expect(row).toHaveLength(found.sourceTokens?.length as number);
        expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);
      }
    },
  );

  test('the alignment of what a model wrote is the attention it wrote it with', async () => {
    const [best] = await model.generate('a b c', greedy({ minLength: 3, maxLength: 3 }));
    const { weights } = await model.align('a b c', best?.ids ?? []);
    best?.attention?.forEach((row, i) => expectValues(weights[i] as Float32Array, [...row]));
    expect(best?.attention).toHaveLength(3);
  });

  test('evaluate gives those of the references on request, in their order, whatever the batches', async () => {
    const expected: Alignment[] = [];
    for (const { source, target } of pairs) expected.push(await model.align(source, target));
    for (const batchSize of [1, 3, 64]) {
      const { alignments = [] } = await model.evaluate(pairs, { alignments: true, batchSize });
      expect(alignments).toHaveLength(pairs.length);
      alignments.forEach(({ sourceTokens, targetTokens, weights }, i) => {
        const alone = expected[i] as Alignment;
        expect({ sourceTokens, targetTokens }).toEqual({
          sourceTokens: alone.sourceTokens,
          targetTokens: alone.targetTokens,
        });
        expect(weights).toHaveLength(alone.weights.length);
        weights.forEach((row, t) => expectValues(row, [...(alone.weights[t] as Float32Array)]));
      });
    }
    expect(await model.evaluate(pairs)).not.toHaveProperty('alignments');
    expect(await model.evaluate(pairs, { alignments: false })).not.toHaveProperty('alignments');
  });
});

test('a model without attention has none to give', async () => {
  const model = tinyModel();
  const before = memory().numTensors;
  const refused = (where: string): object => ({
    code: 'incompatible-parts',
    message: `${where}: expected a model with attention but received "recurrentDecoder". Add .attention(…) to the builder.`,
  });
  await expect(model.align('a', 'b')).rejects.toMatchObject(refused('align'));
  await expect(model.evaluate(pairs, { alignments: true })).rejects.toMatchObject(refused('evaluate'));
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

test('says what is wrong, and makes nothing', async () => {
  const model = kinds['Bahdanau attention']();
  const before = memory().numTensors;
  await expect(model.align('', 'a')).rejects.toMatchObject({ code: 'invalid-input' });
  await expect(model.align('a', [99])).rejects.toMatchObject({
    message: expect.stringMatching(/^align: target: expected it to hold whole ids from 0 to 8/) as string,
  });
  await expect(model.evaluate(pairs, { alignments: 'yes' as never })).rejects.toMatchObject({
    message: 'evaluate: expected alignments to be true or false but received "yes".',
  });
  const signal = AbortSignal.abort();
  await expect(model.evaluate(pairs, { alignments: true, signal })).rejects.toMatchObject({
    code: 'aborted',
  });
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

test('frames have no tokens', async () => {
  const model = seq2seq()
    .source({ features: 2 })
    .target({ vocab, tokenizer })
    .encoder(recurrentEncoder({ units: 3 }))
    .attention(bahdanauAttention({ units: 3 }))
    .decoder(recurrentDecoder({ units: 3 }))
    .build();
  const { sourceTokens, weights } = await model.align([[1, 0], [0, 1]], 'a'); // prettier-ignore
  expect(sourceTokens).toBeNull();
  expect(weights.map(({ length }) => length)).toEqual([2, 2]);
  model.dispose();
});

test('a step that throws leaves nothing behind', async () => {
  const spec = recurrentDecoder({ units: 3 });
  const throwing: DecoderSpec = {
    ...spec,
    build(wiring) {
      const decoder = spec.build(wiring);
      return {
        ...decoder,
        step(last, state, position, constants) {
          if (position === 2) throw new Error('out of order');
          return decoder.step(last, state, position, constants);
        },
      };
    },
  };
  const model = seq2seq()
    .source({ vocab, tokenizer })
    .target({ vocab, tokenizer })
    .encoder(recurrentEncoder({ units: 5 }))
    .bridge(linearBridge())
    .attention(bahdanauAttention({ units: 3 }))
    .decoder(throwing)
    .build();
  const before = memory().numTensors;
  await expect(model.align('a', 'b c d')).rejects.toThrow('out of order');
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

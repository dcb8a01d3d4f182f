import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { useBackend } from '../../../src/backend/useBackend.js';
import { linearBridge } from '../../../src/bridges/linearBridge.js';
import { seq2seq } from '../../../src/builder/seq2seq.js';
import type { DecoderSpec } from '../../../src/contracts/decoder.js';
import { recurrentDecoder } from '../../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../../src/encoders/recurrentEncoder.js';
import { tinyModel, tokenizer, vocab } from '../tinyModel.js';

beforeAll(async () => {
  await useBackend('cpu');
});

test('an empty target has the probability of ending at once, however it is written', async () => {
  const model = tinyModel();
  const before = memory().numTensors;
  const [empty, text, tokens] = [
    await model.score('a b', []),
    await model.score('a b', ' '),
    await model.score('a b', new Int32Array(0)),
  ];
  expect(empty.tokenLogProbabilities).toHaveLength(1);
  expect(empty.logProbability).toBe(empty.tokenLogProbabilities[0]);
  expect(empty.logProbability).toBeLessThan(0);
  expect([text, tokens]).toEqual([empty, empty]);
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

test('the tokens after a target change nothing about those before', async () => {
  const model = tinyModel();
  const long = await model.score('a b', 'c d');
  const short = await model.score('a b', 'c');
  expect(long.tokenLogProbabilities[0]).toBeCloseTo(short.tokenLogProbabilities[0] as number, 5);
  model.dispose();
});

test('says what is wrong, and makes nothing', async () => {
  const model = tinyModel();
  const before = memory().numTensors;
  const error = (message: string): object => ({ code: 'invalid-input', message });
  await expect(model.score('', 'a')).rejects.toMatchObject(
    error('score: source: expected at least one token but received "". Leave empty sentences out.'),
  );
  await expect(model.score('a', 5 as never)).rejects.toMatchObject(
    error('score: target: expected text, tokens or ids but received 5.'),
  );
  await expect(model.score('a', [99])).rejects.toMatchObject({ code: 'invalid-input' });
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

test('a decoder that throws leaves nothing behind', async () => {
  const spec = recurrentDecoder({ units: 3 });
  const throwing: DecoderSpec = {
    ...spec,
    build: (wiring) => ({
      ...spec.build(wiring),
      features() {
        throw new Error('out of order');
      },
    }),
  };
  const model = seq2seq()
    .source({ vocab, tokenizer })
    .target({ vocab, tokenizer })
    .encoder(recurrentEncoder({ units: 5 }))
    .bridge(linearBridge())
    .decoder(throwing)
    .build();
  const before = memory().numTensors;
  await expect(model.score('a', 'b')).rejects.toThrow('out of order');
  await expect(model.evaluate([{ source: 'a', target: 'b' }])).rejects.toThrow('out of order');
  expect(memory().numTensors).toBe(before);
  model.dispose();
});

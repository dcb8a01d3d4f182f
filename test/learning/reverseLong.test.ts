import { expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { transformerDecoder } from '../../src/decoders/transformerDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { transformerEncoder } from '../../src/encoders/transformerEncoder.js';
import { exactMatchAfter, learns, side } from './sequenceTask.js';

const reversing = {
  answer: (source: readonly string[]): string[] => source.toReversed(),
  symbolCount: 10,
  batchSize: 32,
  bucketByLength: true,
  epochs: 1,
} as const;
const recurrent = seq2seq()
  .source(side)
  .target(side)
  .encoder(recurrentEncoder({ cell: 'gru', units: 32, bidirectional: true, embeddingSize: 64 }))
  .bridge(linearBridge())
  .decoder(recurrentDecoder({ cell: 'gru', units: 64 }));

const settings = { ...reversing, lengths: [3, 20], pairs: 28_000, learningRate: 8e-3 } as const;

test('attention reverses up to 20 symbols', async () => {
  await learns({
    ...settings,
    build: (seed) => recurrent.attention(bahdanauAttention()).build({ seed }),
  });
}, 600_000);

test('a fixed context does not, with the same weights otherwise and the same training', async () => {
  const exactMatch = await exactMatchAfter({ ...settings, build: (seed) => recurrent.build({ seed }) });
  expect(exactMatch).toBeLessThan(0.6);
}, 600_000);

test('a transformer reverses up to 20 symbols', async () => {
  const size = { width: 64, heads: 2, feedForward: 64, layers: 2, dropout: 0 };
  await learns({
    ...reversing,
    lengths: [3, 20],
    pairs: 48_000,
    learningRate: 4e-3,
    fallsFrom: 0.5,
    beta2: 0.98,
    build: (seed) =>
      seq2seq()
        .source(side)
        .target(side)
        .encoder(transformerEncoder(size))
        .decoder(transformerDecoder(size))
        .build({ seed }),
  });
}, 600_000);

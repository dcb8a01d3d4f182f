import { test } from 'vitest';
import { multiHeadAttention } from '../../src/attention/multiHeadAttention.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { convolutionalEncoder } from '../../src/encoders/convolutionalEncoder.js';
import { learns, side } from './sequenceTask.js';

test('a convolutional encoder with attention learns to sort up to 12 digits', async () => {
  await learns({
    answer: (source) => source.toSorted(),
    symbolCount: 10,
    lengths: [3, 12],
    batchSize: 32,
    bucketByLength: true,
    pairs: 40_000,
    epochs: 1,
    learningRate: 5e-3,
    build: (seed) =>
      seq2seq()
        .source(side)
        .target(side)
        .encoder(convolutionalEncoder({ units: 64, positions: 'sinusoidal' }))
        .bridge(linearBridge())
        .attention(multiHeadAttention({ heads: 4 }))
        .decoder(recurrentDecoder({ cell: 'gru', units: 64 }))
        .build({ seed }),
  });
}, 600_000);

import { test } from 'vitest';
import { luongAttention } from '../../src/attention/luongAttention.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { learns, side } from './sequenceTask.js';

test('learns to reverse', async () => {
  await learns({
    answer: (source) => source.toReversed(),
    build: () =>
      seq2seq()
        .source(side)
        .target(side)
        .encoder(recurrentEncoder({ cell: 'gru', units: 48, bidirectional: true, embeddingSize: 32 }))
        .bridge(linearBridge())
        .attention(luongAttention({ score: 'general' }))
        .decoder(recurrentDecoder({ cell: 'gru', units: 96, embeddingSize: 32 }))
        .build({ seed: 1 }),
    pairs: 20_000,
    epochs: 3,
    learningRate: 5e-3,
  });
}, 300_000);

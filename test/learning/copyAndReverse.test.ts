import { test } from 'vitest';
import { luongAttention } from '../../src/attention/luongAttention.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { learns, side, type SequenceTask } from './sequenceTask.js';

test.each<[string, SequenceTask['answer']]>([
  ['copy', (source) => source],
  ['reverse', (source) => source.toReversed()],
])('learns to %s', { timeout: 300_000 }, async (_, answer) => {
  await learns({
    answer,
    build: (seed) =>
      seq2seq()
        .source(side)
        .target(side)
        .encoder(recurrentEncoder({ cell: 'gru', units: 48, bidirectional: true, embeddingSize: 32 }))
        .bridge(linearBridge())
        .attention(luongAttention({ score: 'general' }))
        .decoder(recurrentDecoder({ cell: 'gru', units: 96, embeddingSize: 32 }))
        .build({ seed }),
    pairs: 20_000,
    epochs: 2,
    learningRate: 5e-3,
  });
});

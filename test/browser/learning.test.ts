import { memory } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { adam } from '../../src/training/optimizers/adam.js';
import { tokenizer, vocab } from '../model/tinyModel.js';

/**
 * Pairs without any rule, which can only be remembered. All targets have one length, since a GPU compiles its
 * programs anew for each shape of a tensor.
 */
const pairs = [
  { source: 'a b c', target: 'd a' },
  { source: 'a b', target: 'c c' },
  { source: 'b a', target: 'e d' },
  { source: 'c', target: 'a c' },
  { source: 'c d e', target: 'b b' },
];

test('a model with attention remembers its sentences', async () => {
  const before = memory().numTensors;
  const units = 16;
  const model = seq2seq()
    .source({ vocab, tokenizer })
    .target({ vocab, tokenizer })
    .encoder(recurrentEncoder({ cell: 'gru', units, bidirectional: true }))
    .bridge(linearBridge())
    .attention(bahdanauAttention({ units }))
    .decoder(recurrentDecoder({ cell: 'gru', units }))
    .build({ seed: 1 });
  const { epochs } = await model.fit(pairs, { epochs: 20, optimizer: adam({ learningRate: 0.05 }) });
  expect(epochs.at(-1)?.loss).toBeLessThan(0.05);
  const { exactMatch, tokenAccuracy } = await model.evaluate(pairs);
  expect({ exactMatch, tokenAccuracy }).toEqual({ exactMatch: 1, tokenAccuracy: 1 });
  model.dispose();
  expect(memory().numTensors).toBe(before);
});

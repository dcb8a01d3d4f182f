import { backend, memory } from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { linearBridge } from '../../src/bridges/linearBridge.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { transformerDecoder } from '../../src/decoders/transformerDecoder.js';
import { beam } from '../../src/decoding/beamSearch.js';
import { greedy } from '../../src/decoding/greedySearch.js';
import { sample } from '../../src/decoding/sampleSearch.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { transformerEncoder } from '../../src/encoders/transformerEncoder.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import { constantRatio } from '../../src/training/teacherForcing/constantRatio.js';
import { tokenizer, vocab } from '../model/tinyModel.js';

/**
 * Tensors, their data as tfjs counts it, and their data as the backend counts it: a kernel of tfjs itself may
 * forget some.
 */
function counts(): readonly number[] {
  const { numTensors, numDataBuffers } = memory();
  return [numTensors, numDataBuffers, backend().numDataIds()];
}

const side = { vocab, tokenizer };
const models: readonly [name: string, build: () => Seq2SeqModel][] = [
  [
    'recurrent',
    () =>
      seq2seq()
        .source(side)
        .target(side)
        .encoder(recurrentEncoder({ units: 5, bidirectional: true, dropout: 0.3 }))
        .bridge(linearBridge())
        .attention(bahdanauAttention({ units: 3 }))
        .decoder(recurrentDecoder({ units: 7, dropout: 0.3 }))
        .teacherForcing(constantRatio(0.5), { per: 'token' })
        .build({ seed: 1 }),
  ],
  [
    'transformer',
    () =>
      seq2seq()
        .source(side)
        .target(side)
        .encoder(transformerEncoder({ width: 8, heads: 2, feedForward: 11, layers: 1, dropout: 0.3 }))
        .decoder(transformerDecoder({ width: 8, heads: 2, feedForward: 11, layers: 1, dropout: 0.3 }))
        .build({ seed: 1 }),
  ],
];

/** All of one shape, for which a GPU compiles its programs once. */
const inputs = ['a b', 'b c', 'c d', 'd e'];
const pairs = inputs.map((text) => ({ source: text, target: text }));
const options = { minLength: 2, maxLength: 2 };

test.each(models)('training and using a %s model leaves nothing behind', async (_, build) => {
  const empty = counts();
  const model = build();
  const built = counts();
  for (let round = 0; round < 2; round++) {
    await model.fit(pairs, { epochs: 1, batchSize: 2 });
    for (const strategy of [greedy, beam, sample])
      await model.generateBatch(inputs.slice(0, 2), strategy(options));
    await model.score('a b', 'b a');
    expect(counts()).toEqual(built);
  }
  model.dispose();
  expect(counts()).toEqual(empty);
});

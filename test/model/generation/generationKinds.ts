import { bahdanauAttention } from '../../../src/attention/bahdanauAttention.js';
import { luongAttention } from '../../../src/attention/luongAttention.js';
import { linearBridge } from '../../../src/bridges/linearBridge.js';
import { seq2seq } from '../../../src/builder/seq2seq.js';
import { recurrentDecoder } from '../../../src/decoders/recurrentDecoder.js';
import { transformerDecoder } from '../../../src/decoders/transformerDecoder.js';
import { convolutionalEncoder } from '../../../src/encoders/convolutionalEncoder.js';
import { recurrentEncoder } from '../../../src/encoders/recurrentEncoder.js';
import { transformerEncoder } from '../../../src/encoders/transformerEncoder.js';
import type { Seq2SeqModel } from '../../../src/model/seq2seqModel.js';
import { adam } from '../../../src/training/optimizers/adam.js';
import { copyPairs, tokenizer, vocab } from '../tinyModel.js';

const texts = () => seq2seq().source({ vocab, tokenizer }).target({ vocab, tokenizer });
const recurrent = (cell: 'rnn' | 'gru' | 'lstm', layers = 1) =>
  texts()
    .encoder(recurrentEncoder({ cell, units: 5, layers, bidirectional: true }))
    .bridge(linearBridge());

/** What a model is made of, in short. */
export type Kind =
  | 'rnn'
  | 'gru'
  | 'lstm of two layers'
  | 'Bahdanau attention'
  | 'Luong attention, input feeding'
  | 'convolutional encoder'
  | 'transformer';

/** One model of each kind, untrained. */
export const kinds: Readonly<Record<Kind, () => Seq2SeqModel>> = {
  rnn: () =>
    recurrent('rnn')
      .decoder(recurrentDecoder({ cell: 'rnn', units: 7 }))
      .build({ seed: 1 }),
  gru: () =>
    recurrent('gru')
      .decoder(recurrentDecoder({ units: 7 }))
      .build({ seed: 1 }),
  'lstm of two layers': () =>
    recurrent('lstm', 2)
      .decoder(recurrentDecoder({ cell: 'lstm', units: 7, layers: 2, input: ['previous', 'summary'] }))
      .build({ seed: 1 }),
  'Bahdanau attention': () =>
    recurrent('gru')
      .attention(bahdanauAttention({ units: 5 }))
      .decoder(recurrentDecoder({ units: 7 }))
      .build({ seed: 1 }),
  'Luong attention, input feeding': () =>
    recurrent('lstm')
      .attention(luongAttention({ score: 'general' }), { inputFeeding: true })
      .decoder(recurrentDecoder({ cell: 'lstm', units: 7 }))
      .build({ seed: 1 }),
  'convolutional encoder': () =>
    texts()
      .encoder(convolutionalEncoder({ units: 8, layers: 2 }))
      .bridge(linearBridge())
      .attention(luongAttention({ score: 'general' }))
      .decoder(recurrentDecoder({ units: 7 }))
      .build({ seed: 1 }),
  transformer: () =>
    texts()
      .encoder(transformerEncoder({ width: 8, heads: 2, layers: 1 }))
      .decoder(transformerDecoder({ width: 8, heads: 2, layers: 2 }))
      .build({ seed: 1 }),
};

/** A model that was trained a little, so that its outputs differ, and differ in how sure it is of them. */
export async function trained(kind: Kind, epochs = 12): Promise<Seq2SeqModel> {
  const model = kinds[kind]();
  await model.fit(copyPairs(96, 7), { epochs, batchSize: 16, optimizer: adam({ learningRate: 0.02 }) });
  return model;
}

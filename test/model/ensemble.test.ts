import { memory } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { bahdanauAttention } from '../../src/attention/bahdanauAttention.js';
import { useBackend } from '../../src/backend/index.js';
import { seq2seq } from '../../src/builder/seq2seq.js';
import type { Tokenizer } from '../../src/contracts/tokenizer.js';
import { charTokenizer } from '../../src/data/tokenizers/charTokenizer.js';
import { Vocab } from '../../src/data/vocab.js';
import { recurrentDecoder } from '../../src/decoders/recurrentDecoder.js';
import { beam } from '../../src/decoding/beamSearch.js';
import { greedy } from '../../src/decoding/greedySearch.js';
import { recurrentEncoder } from '../../src/encoders/recurrentEncoder.js';
import { ensemble } from '../../src/model/ensemble.js';
import type { Seq2SeqModel } from '../../src/model/seq2seqModel.js';
import { tokenizer, vocab } from './tinyModel.js';

beforeAll(() => useBackend('cpu'));

const letters = Vocab.build([Array.from('abcde ')]);

/** A model with attention that splits its source in one of two ways. */
function attending(split: Tokenizer, addSos = true): Seq2SeqModel {
  return seq2seq()
    .source({ vocab: split.name === 'charTokenizer' ? letters : vocab, tokenizer: split, addSos })
    .target({ vocab, tokenizer })
    .encoder(recurrentEncoder({ units: 4 }))
    .attention(bahdanauAttention())
    .decoder(recurrentDecoder({ units: 4 }))
    .build({ seed: 1 });
}

test('attention is averaged only where all members split the source alike', async () => {
  const [words, others, characters, startless] = [
    attending(tokenizer),
    attending(tokenizer),
    attending(charTokenizer()),
    attending(tokenizer, false),
  ];
  const before = memory().numTensors;
  const attentionOf = async (second: Seq2SeqModel): Promise<number | undefined> => {
    const [best] = await ensemble([words, second]).generate('a', beam({ minLength: 2, maxLength: 2 }));
    return best?.attention?.length;
  };
  expect(await attentionOf(others)).toBe(2);
  expect(await attentionOf(characters)).toBeUndefined(); // though 'a' is one token for both
  expect(await attentionOf(startless)).toBeUndefined();
  const copying = ensemble([words, characters]).generate('a', greedy({ replaceUnknown: 'copy' }));
  await expect(copying).rejects.toMatchObject({ code: 'incompatible-parts' });
  expect(memory().numTensors).toBe(before);
  [words, others, characters, startless].forEach((model) => model.dispose());
});

test('anything but models is refused', () => {
  const model = attending(tokenizer);
  for (const wrong of [ensemble([model]), {}, null]) {
    expect(() => ensemble([model, wrong as never])).toThrow(
      'ensemble: expected models that were built or loaded but received ',
    );
  }
  for (const wrong of [model, undefined]) {
    expect(() => ensemble(wrong as never, model as never)).toThrow(
      expect.objectContaining({
        code: 'invalid-option',
        message: expect.stringMatching(
          /^ensemble: expected a list of at least one model but received .*\. Write ensemble\(\[first, second\], options\)\.$/,
        ) as string,
      }),
    );
  }
  model.dispose();
});

test.each([
  [
    { combine: 'mean' },
    "ensemble: expected combine to be one of 'probability', 'logit' but received \"mean\".",
  ],
  [
    { weights: [1] },
    'ensemble: expected at least one member, and weights of one number a member, 2 but received [1].',
  ],
  [
    { weights: 2 },
    'ensemble: expected at least one member, and weights of one number a member, 2 but received 2.',
  ],
  [{ weights: [1, 0] }, 'ensemble: expected each weight to be a finite number (above 0) but received 0.'],
  [{ weight: [1, 2] }, 'ensemble: expected option names among combine, weights but received "weight".'],
])('wrong options are refused by the name of what was called: %j', (options, message) => {
  const model = attending(tokenizer);
  expect(() => ensemble([model, model], options as never)).toThrow(message);
  model.dispose();
});

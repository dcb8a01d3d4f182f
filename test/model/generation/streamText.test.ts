import { memory, zeros } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { useBackend } from '../../../src/backend/index.js';
import type { Tokenizer } from '../../../src/contracts/tokenizer.js';
import { bpeTokenizer } from '../../../src/data/tokenizers/bpeTokenizer.js';
import { charTokenizer } from '../../../src/data/tokenizers/charTokenizer.js';
import { customTokenizer } from '../../../src/data/tokenizers/customTokenizer.js';
import { huggingFaceTokenizer } from '../../../src/data/tokenizers/huggingFaceTokenizer.js';
import { learnBpe } from '../../../src/data/tokenizers/learnBpe.js';
import { segmenterTokenizer } from '../../../src/data/tokenizers/segmenterTokenizer.js';
import { wordTokenizer } from '../../../src/data/tokenizers/wordTokenizer.js';
import { Vocab } from '../../../src/data/vocab.js';
import { greedy } from '../../../src/decoding/greedySearch.js';
import { streamText, type TextToken } from '../../../src/model/generation/streamText.js';

beforeAll(() => useBackend('cpu'));

/** What a stream says of these tokens, and the text of the hypothesis that it ends with. */
async function streamed(
  tokenizer: Tokenizer,
  tokens: readonly string[],
): Promise<{ parts: TextToken[]; whole: string }> {
  const vocab = Vocab.build([tokens]);
  const side = { vocab, tokenizer };
  const strategy = greedy({ forcedPrefix: [...vocab.encode(tokens), vocab.eosId], maxLength: tokens.length });
  const stream = streamText(
    {
      source: side,
      target: side,
      encode: () => [[{ tokens: ['x'], ids: [vocab.unkId] }]],
      unreadable: () => undefined,
      start: () => ({
        step: () => ({ logits: zeros([1, vocab.size]), state: null }),
        state: null,
        setup: {
          batchSize: 1,
          sosId: vocab.sosId,
          eosId: vocab.eosId,
          constants: null,
          sourceLengths: Int32Array.of(1),
        },
        dispose: () => undefined,
      }),
    },
    'x',
    strategy,
  );
  const parts: TextToken[] = [];
  for (;;) {
    const { done, value } = await stream.next();
    if (done === true) return { parts, whole: value[0]?.text ?? '' };
    parts.push(value);
  }
}

/** One token a byte, as the smallest tokens of GPT-2's vocabulary. */
function byteTokenizer(): Tokenizer {
  return huggingFaceTokenizer({
    tokenize: (text) => Array.from(new TextEncoder().encode(text), (byte) => `byte${byte}`),
    decode: (ids) => new TextDecoder().decode(Uint8Array.from(ids)),
    token_to_id: (token) => Number(token.slice(4)),
  });
}

const merges = learnBpe(['low lower lowest newest widest']);
const english = 'He said: "I don\'t (really) know..." and left, at 3,5 o\'clock.';

test.each<[string, Tokenizer, string]>([
  ['words and punctuation', wordTokenizer(), english],
  ['byte-pair encoding', bpeTokenizer({ merges }), 'lower slower widest'],
  [
    'byte-pair encoding of words',
    bpeTokenizer({ merges, words: wordTokenizer() }),
    'lower, slower. "widest"',
  ],
  ['letters with accents apart', charTokenizer({ normalization: 'none' }), 'été'.normalize('NFD')],
  ['Arabic', segmenterTokenizer({ locale: 'ar' }), 'مرحبا بالعالم، كيف حالك؟'],
  ['Japanese', segmenterTokenizer({ locale: 'ja' }), '私は学生です。Hello world'],
  ['bytes', byteTokenizer(), 'café au 日本, 👩‍🚀!'],
])('what a stream adds makes up the text: %s', async (_, tokenizer, text) => {
  const before = memory().numTensors;
  const tokens = tokenizer.tokenize(text);
  const { parts, whole } = await streamed(tokenizer, tokens);
  expect(parts.map(({ text: added }) => added).join('')).toBe(whole);
  expect(parts.map(({ token }) => token)).toEqual(tokens);
  expect(parts.at(-1)?.textSoFar).toBe(whole);
  expect(memory().numTensors).toBe(before);
});

test('parts of a character are held back until it is whole', async () => {
  const tokenizer = byteTokenizer();
  const { parts } = await streamed(tokenizer, tokenizer.tokenize('é日!'));
  expect(parts.map(({ text }) => text)).toEqual(['', 'é', '', '', '日', '!']);
});

test('a token that changes what came before adds nothing, and the text goes on after it', async () => {
  const tokenizer = customTokenizer({
    name: 'composing',
    tokenize: (text) => Array.from(text.normalize('NFD')),
    detokenize: (tokens) => tokens.join('').normalize('NFC'),
  });
  const { parts } = await streamed(tokenizer, ['e', '\u0301', 't', 'e']);
  expect(parts.map(({ text }) => text)).toEqual(['e', '', 't', 'e']);
  expect(parts.map(({ textSoFar }) => textSoFar)).toEqual(['e', 'é', 'ét', 'éte']);
});

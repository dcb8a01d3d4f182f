import { Tokenizer as HuggingFace } from '@huggingface/tokenizers';
import fc from 'fast-check';
import * as jieba from 'jieba-wasm';
import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../../src/contracts/tokenizer.js';
import { bpeTokenizer } from '../../../src/data/tokenizers/bpeTokenizer.js';
import { charTokenizer } from '../../../src/data/tokenizers/charTokenizer.js';
import { customTokenizer } from '../../../src/data/tokenizers/customTokenizer.js';
import { huggingFaceTokenizer } from '../../../src/data/tokenizers/huggingFaceTokenizer.js';
import { jiebaTokenizer } from '../../../src/data/tokenizers/jiebaTokenizer.js';
import { segmenterTokenizer } from '../../../src/data/tokenizers/segmenterTokenizer.js';
import { tokenizerFromJSON } from '../../../src/data/tokenizers/tokenizerFromJSON.js';
import { whitespaceTokenizer } from '../../../src/data/tokenizers/whitespaceTokenizer.js';
import { wordTokenizer } from '../../../src/data/tokenizers/wordTokenizer.js';
import { unicodeText } from './texts.js';

const wordPiece = {
  version: '1.0',
  added_tokens: [
    {
      id: 0,
      content: '[UNK]',
      special: true,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
    },
  ],
  normalizer: { type: 'Lowercase' },
  pre_tokenizer: { type: 'Whitespace' },
  post_processor: null,
  decoder: { type: 'WordPiece', prefix: '##', cleanup: false },
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: { '[UNK]': 0, low: 1, '##est': 2, '##er': 3, new: 4, '.': 5 },
  },
};
const huggingFace = new HuggingFace(wordPiece, { clean_up_tokenization_spaces: false });
const commas = customTokenizer({
  name: 'commas',
  tokenize: (text) => text.split(','),
  detokenize: (tokens) => tokens.join(','),
});
const collapsed = (text: string): string => text.trim().replace(/\s+/gu, ' ');

describe('jiebaTokenizer', () => {
  const tokenizer = jiebaTokenizer(jieba);

  it('splits Chinese by the dictionary', () => {
    expect(tokenizer.tokenize('我来到北京清华大学')).toEqual(['我', '来到', '北京', '清华大学']);
    expect(tokenizer.tokenize('我 用New York的3.5 G网，好。')).toEqual([
      '我',
      ' ',
      '用',
      'New',
      'York',
      '的',
      '3.5',
      'G',
      '网',
      '，',
      '好',
      '。',
    ]);
    expect(tokenizer.tokenize(' ')).toEqual([]);
  });

  it('keeps words of other scripts whole', () => {
    expect(tokenizer.tokenize('Привет мир')).toEqual(['Привет', 'мир']);
  });

  it('passes the choice of guessing new words on', () => {
    const calls: unknown[] = [];
    const recorded = { cut: (text: string, hmm?: boolean) => (calls.push(hmm), [text]) };
    jiebaTokenizer(recorded).tokenize('他');
    jiebaTokenizer(recorded, { hmm: false }).tokenize('他');
    expect(calls).toEqual([true, false]);
  });

  it('gives back the normal form of any text', () => {
    fc.assert(
      fc.property(unicodeText, (text) => {
        // The WebAssembly package writes U+FFFD for half a surrogate pair, as every UTF-8 encoder does.
        const wellFormed = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
          new TextEncoder().encode(text),
        );
        const normal = collapsed(wellFormed.normalize('NFC'));
        expect(tokenizer.detokenize(tokenizer.tokenize(wellFormed))).toBe(normal);
        expect(tokenizer.detokenize(tokenizer.tokenize(normal))).toBe(normal);
      }),
      { seed: 21, numRuns: 500 },
    );
  });

  it('refuses what is no jieba', () => {
    expect(() => jiebaTokenizer({} as never)).toThrow(/a function cut/);
    expect(() => jiebaTokenizer(undefined as never)).toThrow(/a function cut/);
    expect(() => jiebaTokenizer(jieba, { hmm: 'yes' as never })).toThrow(/hmm to be true or false/);
  });
});

describe('huggingFaceTokenizer', () => {
  const tokenizer = huggingFaceTokenizer(huggingFace);

  it("gives the tokenizer's tokens, without special ones, and its text", () => {
    expect(tokenizer.tokenize('Lowest new low.')).toEqual(['low', '##est', 'new', 'low', '.']);
    expect(tokenizer.detokenize(['low', '##est', 'new', 'low', '.'])).toBe('lowest new low .');
    expect(tokenizer.tokenize('old')).toEqual(['[UNK]']);
    expect(tokenizer.detokenize([])).toBe('');
  });

  it('keeps tokens that it does not know', () => {
    expect(tokenizer.detokenize(['<unk>', 'low', '##er', 'x', 'y', 'new'])).toBe('<unk> lower x y new');
  });

  it('gives back its normal form', () => {
    const words = fc.array(fc.constantFrom('low', 'LOWEST', 'newer', '.', ' ', 'odd', '[UNK]'), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(
        words.map((list) => list.join(' ')),
        (text) => {
          const normal = tokenizer.detokenize(tokenizer.tokenize(text));
          const { ids } = huggingFace.encode(text, { add_special_tokens: false });
          expect(normal).toBe(ids.length > 0 ? huggingFace.decode(ids) : '');
          expect(tokenizer.detokenize(tokenizer.tokenize(normal))).toBe(normal);
        },
      ),
      { seed: 22 },
    );
  });

  it('works with the tokenizers of transformers.js, whose ids come from another method', () => {
    const likeTransformers = {
      tokenize: (text: string) => huggingFace.tokenize(text),
      decode: (ids: number[]) => huggingFace.decode(ids),
      convert_tokens_to_ids: (tokens: string[]) =>
        tokens.map((token) => huggingFace.token_to_id(token) ?? null),
    };
    const { tokenize: split, decode, convert_tokens_to_ids } = likeTransformers;
    const older = { tokenize: split, decode, model: { convert_tokens_to_ids } };
    for (const shape of [likeTransformers, older]) {
      const { tokenize, detokenize } = huggingFaceTokenizer(shape);
      expect(detokenize(tokenize('newest low'))).toBe('newest low');
    }
    expect(huggingFaceTokenizer(likeTransformers).detokenize(['low', '?'])).toBe('low ?');
  });

  it('refuses what is no tokenizer', () => {
    expect(() => huggingFaceTokenizer({ tokenize: () => [] } as never)).toThrow(
      /tokenize, decode and token_to_id/,
    );
    expect(() => huggingFaceTokenizer(null as never)).toThrow(/tokenize, decode and token_to_id/);
    expect(() => huggingFaceTokenizer(huggingFace, { name: 'bpeTokenizer' })).toThrow(
      /none of the library's/,
    );
  });
});

describe('customTokenizer', () => {
  it('is the two functions', () => {
    expect(commas.tokenize('a,b')).toEqual(['a', 'b']);
    expect(commas.detokenize(['a', 'b'])).toBe('a,b');
  });

  it('refuses names of the library and what is no function', () => {
    const parts = { tokenize: (text: string) => [text], detokenize: () => '' };
    expect(() => customTokenizer({ ...parts, name: 'wordTokenizer' })).toThrow(/none of the library's/);
    expect(() => customTokenizer({ ...parts, name: '' })).toThrow(/name/);
    expect(() => customTokenizer({ ...parts, name: 'x', detokenize: undefined as never })).toThrow(
      /detokenize to be a function/,
    );
  });
});

describe('tokenizerFromJSON', () => {
  const words = wordTokenizer({ lowercase: true, normalization: 'NFKC' });
  const named = huggingFaceTokenizer(huggingFace, { name: 'german' });
  const handed = [jiebaTokenizer(jieba), huggingFaceTokenizer(huggingFace), named, commas];
  const merges = [['l', 'o']] as const;
  const all: Tokenizer[] = [
    whitespaceTokenizer(),
    charTokenizer({ normalization: 'none' }),
    words,
    segmenterTokenizer({ locale: 'th', lowercase: true }),
    bpeTokenizer({ merges }),
    bpeTokenizer({ merges, words }),
    bpeTokenizer({ merges, words: commas }),
    ...handed,
  ];

  it.each(all.map((tokenizer) => [JSON.stringify(tokenizer), tokenizer] as const))(
    'makes %s again',
    (json, tokenizer) => {
      const text = 'ＬＯ low, 我来到北京 สวัสดีครับ. Lowest';
      for (const parts of [
        handed,
        { first: handed[0], a: handed[1], b: handed[2], c: handed[3] } as Record<string, Tokenizer>,
      ]) {
        const again = tokenizerFromJSON(JSON.parse(json), parts);
        expect(again.tokenize(text)).toEqual(tokenizer.tokenize(text));
        expect(JSON.stringify(again)).toBe(json);
      }
    },
  );

  it('names what must be handed in', () => {
    const json = jiebaTokenizer(jieba).toJSON();
    expect(() => tokenizerFromJSON(json)).toThrow(
      expect.objectContaining({
        code: 'missing-part',
        message: expect.stringMatching(/'jiebaTokenizer'.*tokenizers: \[myTokenizer\]/),
      }),
    );
    expect(() => tokenizerFromJSON(json, [jiebaTokenizer(jieba, { hmm: false })])).toThrow(
      expect.objectContaining({ code: 'incompatible-parts' }),
    );
  });

  it.each([
    null,
    'wordTokenizer',
    {},
    { name: 5 },
    { name: 'wordTokenizer', lowercase: 'yes' },
    { name: 'wordTokenizer', other: 1 },
    { name: 'bpeTokenizer' },
    { name: 'bpeTokenizer', merges: [['a']] },
    { name: 'bpeTokenizer', merges: [], words: null },
    { name: 'bpeTokenizer', merges: [], words: { name: 'bpeTokenizer', merges: [] } },
  ])('refuses damaged JSON: %j', (json) => {
    expect(() => tokenizerFromJSON(json)).toThrow(expect.objectContaining({ code: 'corrupt-file' }));
  });
});

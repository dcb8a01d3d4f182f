import fc from 'fast-check';
import * as jieba from 'jieba-wasm';
import { describe, expect, it } from 'vitest';
import { customTokenizer } from '../../../src/data/tokenizers/customTokenizer.js';
import { huggingFaceTokenizer } from '../../../src/data/tokenizers/huggingFaceTokenizer.js';
import { jiebaTokenizer } from '../../../src/data/tokenizers/jiebaTokenizer.js';
import { commas, huggingFace } from './adapted.js';
import { unicodeText } from './texts.js';

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

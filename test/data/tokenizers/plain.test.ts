import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tokenizer } from '../../../src/contracts/tokenizer.js';
import { charTokenizer } from '../../../src/data/tokenizers/charTokenizer.js';
import { segmenterTokenizer } from '../../../src/data/tokenizers/segmenterTokenizer.js';
import { whitespaceTokenizer } from '../../../src/data/tokenizers/whitespaceTokenizer.js';
import { wordTokenizer } from '../../../src/data/tokenizers/wordTokenizer.js';
import { unicodeText } from './texts.js';

const roundTrip = ({ tokenize, detokenize }: Tokenizer, text: string): string => detokenize(tokenize(text));
const collapsed = (text: string): string => text.trim().replace(/\s+/gu, ' ');
const bare = (text: string): string => text.replace(/\s+/gu, '');

const normalForms: [string, Tokenizer, (text: string) => string][] = [
  ['whitespaceTokenizer', whitespaceTokenizer(), collapsed],
  ['charTokenizer', charTokenizer(), (text) => text.normalize('NFC')],
  ['charTokenizer, untouched', charTokenizer({ normalization: 'none' }), (text) => text],
  [
    'charTokenizer, folded',
    charTokenizer({ normalization: 'NFKC', lowercase: true }),
    (text) => text.normalize('NFKC').toLowerCase().normalize('NFKC'),
  ],
  ...['zh', 'ja', 'th', 'en'].map((locale): [string, Tokenizer, (text: string) => string] => [
    `segmenterTokenizer, ${locale}`,
    segmenterTokenizer({ locale }),
    (text) => collapsed(text.normalize('NFC')),
  ]),
];

describe.each(normalForms)('%s', (_, tokenizer, normalForm) => {
  it('gives back the normal form of any text', () => {
    fc.assert(
      fc.property(unicodeText, (text) => {
        expect(roundTrip(tokenizer, text)).toBe(normalForm(text));
        expect(tokenizer.tokenize(text)).not.toContain('');
      }),
      { seed: 11, numRuns: 1000 },
    );
  });

  it('leaves the normal form alone', () => {
    fc.assert(
      fc.property(unicodeText, (text) => {
        expect(roundTrip(tokenizer, normalForm(text))).toBe(normalForm(text));
      }),
      { seed: 12, numRuns: 1000 },
    );
  });
});

describe('charTokenizer', () => {
  it('does not cut characters outside the basic plane', () => {
    expect(charTokenizer().tokenize('a😀 b')).toEqual(['a', '😀', ' ', 'b']);
  });

  it('composes accents unless told otherwise', () => {
    expect(charTokenizer().tokenize('e\u0301')).toEqual(['é']);
    expect(charTokenizer({ normalization: 'none' }).tokenize('e\u0301')).toEqual(['e', '\u0301']);
    expect(charTokenizer({ normalization: 'NFKC' }).tokenize('ﬁ')).toEqual(['f', 'i']);
  });
});

describe('segmenterTokenizer', () => {
  it('finds words where no spaces are', () => {
    expect(segmenterTokenizer({ locale: 'ja' }).tokenize('私は学生です。')).toEqual([
      '私',
      'は',
      '学生',
      'です',
      '。',
    ]);
    expect(segmenterTokenizer({ locale: 'th' }).tokenize('สวัสดีครับ').length).toBeGreaterThan(1);
  });

  it('implies spaces between words of spaced scripts and keeps the others', () => {
    const { tokenize } = segmenterTokenizer({ locale: 'zh' });
    expect(tokenize('New  York')).toEqual(['New', 'York']);
    expect(tokenize('我 用')).toEqual(['我', ' ', '用']);
  });

  it('refuses languages that the engine lacks', () => {
    expect(() => segmenterTokenizer({ locale: 'xx-nowhere' })).toThrow(/locale to be a language/);
    expect(() => segmenterTokenizer({ locale: 'not a tag' })).toThrow(/locale to be a language/);
    expect(() => segmenterTokenizer({} as never)).toThrow(/locale to be a language/);
    expect(() => segmenterTokenizer({ locale: 'zh', granularity: 'word' } as never)).toThrow(/granularity/);
  });
});

describe('wordTokenizer', () => {
  const { tokenize } = wordTokenizer();

  it.each([
    ["I'm here.", ["I'm", 'here', '.']],
    ['Hello, world!', ['Hello', ',', 'world', '!']],
    ['Où est l’hôtel ?', ['Où', 'est', 'l’hôtel', '?']],
    ['peut-être', ['peut', '-', 'être']],
    ["the dogs' 'tails'", ['the', 'dogs', "'", "'", 'tails', "'"]],
    ['$3.14 or 1,000,000.', ['$', '3.14', 'or', '1,000,000', '.']],
    ['e\u0301te\u0301', ['été']],
    ['👩‍👧👍🏽🇫🇷❤️', ['👩‍👧', '👍🏽', '🇫🇷', '❤️']],
    ['می‌خواهم', ['می‌خواهم']],
    ['naïve_x1', ['naïve', '_', 'x1']],
    ['', []],
    ['  \n ', []],
  ])('splits %j', (text, tokens) => {
    expect(tokenize(text)).toEqual(tokens);
  });

  it.each([
    "I'm here, at 3.30 (or 10:30)!",
    'She said "no" and \'left\' — why?',
    '¿Qué? ¡Nada! [sic] «oui» “well-known”…',
    'It costs $5, €6 and 20%; see #4/7.',
    '你好，世界！',
  ])('gives back usual typography: %s', (text) => {
    expect(roundTrip(wordTokenizer(), text)).toBe(text);
  });

  it('writes lower case and folds compatibility characters on request', () => {
    expect(wordTokenizer({ lowercase: true }).tokenize('ÉTÉ İx')).toEqual(['été', 'i̇x']);
    expect(wordTokenizer({ normalization: 'NFKC' }).tokenize('ｆｕｌｌ ﬁt')).toEqual(['full', 'fit']);
  });

  it.each([
    ['default', {}],
    ['folded', { normalization: 'NFKC', lowercase: true }],
    ['untouched', { normalization: 'none' }],
  ] as const)('loses nothing but white space, and is stable (%s)', (_, options) => {
    const tokenizer = wordTokenizer(options);
    const normalization = 'normalization' in options ? options.normalization : 'NFC';
    const compose = (text: string): string =>
      normalization === 'none' ? text : text.normalize(normalization);
    fc.assert(
      fc.property(unicodeText, (text) => {
        const tokens = tokenizer.tokenize(text);
        const normal = tokenizer.detokenize(tokens);
        const lowered = 'lowercase' in options ? compose(compose(text).toLowerCase()) : compose(text);
        expect(bare(normal)).toBe(bare(lowered));
        expect(normal).toBe(collapsed(normal));
        expect(tokenizer.tokenize(normal)).toEqual(tokens);
      }),
      { seed: 13, numRuns: 3000 },
    );
  });

  it('refuses unknown options', () => {
    expect(() => wordTokenizer({ lowerCase: true } as never)).toThrow(/lowerCase/);
    expect(() => wordTokenizer({ normalization: 'NFD' as never })).toThrow(/'NFC', 'NFKC', 'none'/);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bpeTokenizer } from '../../../src/data/tokenizers/bpeTokenizer.js';
import { learnBpe, type BpeMerge } from '../../../src/data/tokenizers/learnBpe.js';
import { parseBpeCodes } from '../../../src/data/tokenizers/parseBpeCodes.js';
import { wordTokenizer } from '../../../src/data/tokenizers/wordTokenizer.js';
import { unicodeText } from './texts.js';

/** Python's order of strings, written the slow way. */
function comparePoints(a: string, b: string): number {
  const [x, y] = [Array.from(a, (c) => c.codePointAt(0) ?? 0), Array.from(b, (c) => c.codePointAt(0) ?? 0)];
  const at = x.findIndex((point, i) => point !== y[i]);
  return at < 0 ? x.length - y.length : (x[at] as number) - (y[at] ?? -1);
}

/** Algorithm 1 of Sennrich et al. (2016): counts every pair anew for each merge. */
function bruteForce(lines: readonly string[], limit: number, minFrequency: number): BpeMerge[] {
  let words = lines
    .flatMap((line) => line.split(' '))
    .filter((word) => word !== '')
    .map((word) => Array.from(word).map((c, i, all) => (i === all.length - 1 ? `${c}</w>` : c)));
  const merges: BpeMerge[] = [];
  while (merges.length < limit) {
    const counts = new Map<string, { pair: BpeMerge; count: number }>();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const pair = [word[i] as string, word[i + 1] as string] as const;
        const entry = counts.get(pair.join(' ')) ?? { pair, count: 0 };
        counts.set(pair.join(' '), { pair, count: entry.count + 1 });
      }
    }
    const [best] = [...counts.values()].sort(
      (a, b) =>
        b.count - a.count || comparePoints(b.pair[0], a.pair[0]) || comparePoints(b.pair[1], a.pair[1]),
    );
    if (best === undefined || best.count < minFrequency) break;
    merges.push(best.pair);
    words = words.map((word) => mergeAll(word, best.pair));
  }
  return merges;
}

function mergeAll(word: readonly string[], [left, right]: BpeMerge): string[] {
  const at = word.findIndex((symbol, i) => symbol === left && word[i + 1] === right);
  return at < 0
    ? [...word]
    : [...word.slice(0, at), left + right, ...mergeAll(word.slice(at + 2), [left, right])];
}

const corpus = [
  'low low low low low lower lower newest newest newest newest newest newest widest widest widest',
  'aaaa aaaa aaa banana bananas ｚ😀 ｚ😀 😀ｚ 😀ｚ x\\y x\\y',
];

describe('learnBpe', () => {
  it("learns subword-nmt's merges in subword-nmt's order", () => {
    // What the functions of subword-nmt's learn_bpe.py give for the corpus above. Of equal counts the greater
    // pair by code points comes first.
    expect(learnBpe(corpus, { merges: 40 }).map((merge) => merge.join(' '))).toEqual([
      's t</w>',
      'e st</w>',
      'l o',
      'w est</w>',
      'n e',
      'ne west</w>',
      'lo w</w>',
      'a a',
      'a n',
      'w i',
      'wi d',
      'wid est</w>',
      '😀 ｚ</w>',
      'ｚ 😀</w>',
      'x \\',
      'x\\ y</w>',
      'w e',
      'we r</w>',
      'lo wer</w>',
      'b an',
      'ban an',
      'aa a',
      'aaa a</w>',
    ]);
    expect(learnBpe(corpus, { merges: 3 })).toHaveLength(3);
  });

  it('is what counting anew for every merge gives', () => {
    const word = fc.string({
      unit: fc.constantFrom('a', 'b', 'c', '😀', '\uFFFD'),
      minLength: 1,
      maxLength: 7,
    });
    const lines = fc.array(
      fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' ')),
      {
        minLength: 1,
        maxLength: 6,
      },
    );
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 3 }), (sample, minFrequency) => {
        expect(learnBpe(sample, { merges: 60, minFrequency })).toEqual(bruteForce(sample, 60, minFrequency));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('learns over the words of another tokenizer', () => {
    const merges = learnBpe(['Low. low, LOW!'], { words: wordTokenizer({ lowercase: true }) });
    expect(merges).toEqual([
      ['o', 'w</w>'],
      ['l', 'ow</w>'],
    ]);
  });

  it('says what is wrong', () => {
    expect(() => learnBpe([' ', ''])).toThrow(/a corpus with at least one word/);
    expect(() => learnBpe(corpus, { merges: 0 })).toThrow(/merges to be a whole number/);
    expect(() => learnBpe(corpus, { minFrequency: 1.5 })).toThrow(/minFrequency/);
    expect(() => learnBpe(corpus, { size: 5 } as never)).toThrow(/size/);
  });
});

describe('bpeTokenizer', () => {
  const merges = learnBpe(corpus, { merges: 12 });

  it('splits known and unknown words', () => {
    const { tokenize } = bpeTokenizer({ merges });
    expect(tokenize('low newest lowest')).toEqual(['low</w>', 'newest</w>', 'lo', 'west</w>']);
    expect(tokenize('zz')).toEqual(['z', 'z</w>']);
    expect(tokenize(' \r\n ')).toEqual([]);
  });

  it('merges by rank, not from left to right, and each pair everywhere', () => {
    const ranked = bpeTokenizer({
      merges: [
        ['b', 'c'],
        ['a', 'b'],
        ['a', 'bc'],
        ['a', 'a'],
      ],
    });
    expect(ranked.tokenize('abcx')).toEqual(['abc', 'x</w>']);
    expect(ranked.tokenize('aaaaax')).toEqual(['aa', 'aa', 'a', 'x</w>']);
  });

  it('lets the first of two equal merges count', () => {
    const twice = bpeTokenizer({
      merges: [
        ['a', 'b'],
        ['b', 'c'],
        ['a', 'b'],
      ],
    });
    expect(twice.tokenize('abcx')).toEqual(['ab', 'c', 'x</w>']);
  });

  it('gives back any text but for runs of spaces, whatever the merges', () => {
    fc.assert(
      fc.property(unicodeText, fc.array(unicodeText, { maxLength: 3 }), (text, lines) => {
        const learnt = learnBpe([...lines, text, 'a'], { merges: 30, minFrequency: 1 });
        const { tokenize, detokenize } = bpeTokenizer({ merges: learnt });
        const normal = text.replace(/^[ \r\n]+|[ \r\n]+$/g, '').replace(/ +/g, ' ');
        expect(detokenize(tokenize(text))).toBe(normal);
        expect(tokenize(normal)).toEqual(tokenize(text));
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it("has its words' normal form", () => {
    const words = wordTokenizer({ lowercase: true });
    const tokenizer = bpeTokenizer({ merges: learnBpe(["It's low, low!"], { words }), words });
    expect(tokenizer.detokenize(tokenizer.tokenize(" IT'S  low , low !"))).toBe("it's low, low!");
    fc.assert(
      fc.property(unicodeText, (text) => {
        expect(tokenizer.detokenize(tokenizer.tokenize(text))).toBe(words.detokenize(words.tokenize(text)));
      }),
      { seed: 6, numRuns: 500 },
    );
  });

  it('joins what a model made, even where the end of a word is missing', () => {
    expect(bpeTokenizer({ merges }).detokenize(['low', 'est</w>', '<unk>', 'new'])).toBe('lowest <unk>new');
  });

  it('refuses merges of another form', () => {
    expect(() => bpeTokenizer({ merges: 'a b' as never })).toThrow(/a list of pairs/);
    expect(() => bpeTokenizer({ merges: [['a', 'b'], ['a']] as never })).toThrow(
      /merges\[1\] to be two symbols/,
    );
    expect(() => bpeTokenizer({ merges: [['', 'b']] })).toThrow(/merges\[0\]/);
    expect(() => bpeTokenizer({ merges, dropout: 0.1 } as never)).toThrow(/dropout/);
  });
});

describe('parseBpeCodes', () => {
  it('reads a codes file', () => {
    expect(parseBpeCodes('#version: 0.2\r\nl o\r\nlo w</w>\r\n')).toEqual([
      ['l', 'o'],
      ['lo', 'w</w>'],
    ]);
    expect(parseBpeCodes('#version: 0.2\n')).toEqual([]);
  });

  it('names the line that is wrong', () => {
    expect(() => parseBpeCodes('l o\n')).toThrow(/line 1: expected "?#version: 0\.2/);
    expect(() => parseBpeCodes('#version: 0.2\nl o\nlow\n')).toThrow(/line 3: expected two symbols/);
    expect(() => parseBpeCodes('#version: 0.2\nl o\n\nlo w\n')).toThrow(/line 3/);
  });
});

import fc from 'fast-check';
import * as jieba from 'jieba-wasm';
import { describe, expect, it, test } from 'vitest';
import type { Tokenizer } from '../../../src/contracts/tokenizer.js';
import { bpeTokenizer } from '../../../src/data/tokenizers/bpeTokenizer.js';
import { charTokenizer } from '../../../src/data/tokenizers/charTokenizer.js';
import { huggingFaceTokenizer } from '../../../src/data/tokenizers/huggingFaceTokenizer.js';
import { jiebaTokenizer } from '../../../src/data/tokenizers/jiebaTokenizer.js';
import { segmenterTokenizer } from '../../../src/data/tokenizers/segmenterTokenizer.js';
import { tokenizerFromJSON } from '../../../src/data/tokenizers/tokenizerFromJSON.js';
import { TOKENIZER_KINDS } from '../../../src/data/tokenizers/tokenizerKinds.js';
import { whitespaceTokenizer } from '../../../src/data/tokenizers/whitespaceTokenizer.js';
import { wordTokenizer } from '../../../src/data/tokenizers/wordTokenizer.js';
import { commas, huggingFace } from './adapted.js';
import { unicodeText } from './texts.js';

const merges = [['l', 'o']] as const;
const words = wordTokenizer({ lowercase: true, normalization: 'NFKC' });

/** Those that a file describes. A new one is one more row, with options that are not its defaults. */
const ofFiles: readonly Tokenizer[] = [
  whitespaceTokenizer(),
  charTokenizer({ normalization: 'none' }),
  words,
  segmenterTokenizer({ locale: 'th', lowercase: true }),
  bpeTokenizer({ merges }),
  bpeTokenizer({ merges, words }),
  bpeTokenizer({ merges, words: commas }),
];
/** Those that whoever loads a model hands in. */
const handed: readonly Tokenizer[] = [
  jiebaTokenizer(jieba),
  huggingFaceTokenizer(huggingFace),
  huggingFaceTokenizer(huggingFace, { name: 'german' }),
  commas,
];
const all = [...ofFiles, ...handed].map((tokenizer) => [JSON.stringify(tokenizer), tokenizer] as const);

test('every tokenizer of the package stands in the tables above', () => {
  const kindsOf = (tokenizers: readonly Tokenizer[]): Set<string> =>
    new Set(tokenizers.map(({ name }) => name).filter((name) => name in TOKENIZER_KINDS));
  const kinds = Object.entries(TOKENIZER_KINDS);
  expect(kindsOf(ofFiles)).toEqual(new Set(kinds.flatMap(([name, by]) => (by === 'file' ? [name] : []))));
  expect(kindsOf(handed)).toEqual(new Set(kinds.flatMap(([name, by]) => (by === 'handed' ? [name] : []))));
});

// A model's tokenizer is left out: what its vocabulary lacks has no normal form.
test.each(all.filter(([, { name }]) => !['huggingFaceTokenizer', 'german'].includes(name)))(
  '%s: a second time changes nothing more',
  (_, { tokenize, detokenize }) => {
    fc.assert(
      fc.property(unicodeText, (text) => {
        const normal = detokenize(tokenize(text));
        expect(detokenize(tokenize(normal))).toBe(normal);
      }),
      { seed: 14, numRuns: 300 },
    );
  },
);

describe('tokenizerFromJSON', () => {
  it.each(all)('makes %s again', (json, tokenizer) => {
    const text = 'ＬＯ low, 我来到北京 สวัสดีครับ. Lowest';
    for (const parts of [
      handed,
      { first: handed[0], a: handed[1], b: handed[2], c: handed[3] } as Record<string, Tokenizer>,
    ]) {
      const again = tokenizerFromJSON(JSON.parse(json), parts);
      expect(again.tokenize(text)).toEqual(tokenizer.tokenize(text));
      expect(JSON.stringify(again)).toBe(json);
    }
  });

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

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Seq2SeqError } from '../../src/core/errors.js';
import { Vocab } from '../../src/data/vocab.js';

const corpus = [
  ['b', 'a', 'c'],
  ['a', 'c'],
  ['a', 'd'],
];

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Seq2SeqError) return error.code;
  }
  return 'none';
}

describe('Vocab', () => {
  it('orders by frequency, then by text', () => {
    const vocab = Vocab.build(corpus);
    expect(vocab.toJSON().tokens).toEqual(['<pad>', '<sos>', '<eos>', '<unk>', 'a', 'c', 'b', 'd']);
    expect([vocab.padId, vocab.sosId, vocab.eosId, vocab.unkId, vocab.size]).toEqual([0, 1, 2, 3, 8]);
    expect(vocab.encode(['d', 'x', 'a'])).toEqual([7, 3, 4]);
    expect(vocab.decode(Int32Array.of(7, 3, 0))).toEqual(['d', '<unk>', '<pad>']);
    expect(vocab.has('x')).toBe(false);
    expect(vocab.idOf('x')).toBe(3);
    expect(vocab.tokenOf(4)).toBe('a');
  });

  it('orders text by code units, not by a language', () => {
    expect(
      Vocab.build([['ä', 'b', 'Z', 'a']])
        .toJSON()
        .tokens.slice(4),
    ).toEqual(['Z', 'a', 'b', 'ä']);
  });

  it('leaves out rare tokens and keeps to its size, special tokens included', () => {
    expect(Vocab.build(corpus, { minFrequency: 2 }).toJSON().tokens.slice(4)).toEqual(['a', 'c']);
    expect(Vocab.build(corpus, { maxSize: 5 }).toJSON().tokens.slice(4)).toEqual(['a']);
    expect(Vocab.build(corpus, { maxSize: 4 }).size).toBe(4);
  });

  it('takes special tokens by text and id, and fills the ids around them', () => {
    const specialTokens = { pad: '[PAD]', unk: { token: '[UNK]', id: 6 }, sos: { token: '[S]', id: 3 } };
    const vocab = Vocab.build(corpus, { specialTokens });
    expect(vocab.toJSON().tokens).toEqual(['[PAD]', 'a', '<eos>', '[S]', 'c', 'b', '[UNK]', 'd']);
    expect([vocab.padId, vocab.sosId, vocab.eosId, vocab.unkId]).toEqual([0, 3, 2, 6]);
    expect(vocab.encode(['nowhere', 'd'])).toEqual([6, 7]);
  });

  it('knows a special token that stands in the corpus once only', () => {
    const vocab = Vocab.build([['<unk>', '<unk>', 'a']]);
    expect(vocab.toJSON().tokens).toEqual(['<pad>', '<sos>', '<eos>', '<unk>', 'a']);
  });

  it('handles tokens that are names of object properties', () => {
    const tokens = ['__proto__', 'constructor', 'hasOwnProperty', 'toString'];
    const vocab = Vocab.fromJSON(JSON.parse(JSON.stringify(Vocab.build([tokens]))));
    expect(vocab.size).toBe(8);
    expect(vocab.decode(vocab.encode(tokens))).toEqual(tokens);
    expect(vocab.has('valueOf')).toBe(false);
  });

  it('is the same from an async iterable', async () => {
    async function* stream(): AsyncGenerator<string[]> {
      for (const sequence of corpus) yield await Promise.resolve(sequence);
    }
    const built = Vocab.build(corpus).toJSON();
    expect((await Vocab.buildAsync(stream())).toJSON()).toEqual(built);
    expect((await Vocab.buildAsync(corpus)).toJSON()).toEqual(built);
  });

  it('reads its corpus once, so that a generator will do', () => {
    let passes = 0;
    const once = {
      *[Symbol.iterator]() {
        passes++;
        yield* corpus;
      },
    };
    expect(Vocab.build(once).size).toBe(8);
    expect(passes).toBe(1);
  });

  it('keeps every known token through encode, decode and JSON, in any order of the corpus', () => {
    const tokens = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), { minLength: 1 });
    fc.assert(
      fc.property(tokens, (sequence) => {
        const vocab = Vocab.fromJSON(JSON.parse(JSON.stringify(Vocab.build([sequence]))));
        expect(vocab.decode(vocab.encode(sequence))).toEqual(sequence);
        expect(Vocab.build([[...sequence].reverse()]).toJSON()).toEqual(vocab.toJSON());
      }),
      { seed: 7 },
    );
  });

  it('says what is wrong', () => {
    expect(() => Vocab.build([])).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: Vocab.build: expected a corpus with tokens but received [].]`,
    );
    expect(() => Vocab.build(['a b'] as never)).toThrow(
      /list of tokens but received "a b". Split text with a tokenizer/,
    );
    expect(() => Vocab.build(corpus, { specialTokens: { bos: '<s>' } as never })).toThrow(
      /pad, sos, eos, unk but received "bos"/,
    );
    expect(() => Vocab.build(corpus).tokenOf(8)).toThrow(/an id below 8 but received 8/);
    const cases: [string, () => unknown][] = [
      ['invalid-input', () => Vocab.build([[], []])],
      ['invalid-input', () => Vocab.build(null as never)],
      ['invalid-input', () => Vocab.build(undefined as never)],
      ['invalid-input', () => Vocab.build([[1, 2]] as never)],
      ['invalid-input', () => Vocab.build([['a', 4]] as never)],
      ['invalid-input', () => Vocab.build(corpus).encode(['a', 4] as never)],
      ['invalid-input', () => Vocab.build(corpus).encode('abc' as never)],
      ['invalid-input', () => Vocab.build(corpus).decode([-1])],
      ['invalid-input', () => Vocab.build(corpus).decode([1.5])],
      ['invalid-input', () => Vocab.build(corpus).decode([NaN])],
      ['invalid-option', () => Vocab.build(corpus, { minFrequency: 0 })],
      ['invalid-option', () => Vocab.build(corpus, { maxSize: 3 })],
      ['invalid-option', () => Vocab.build(corpus, { minFreq: 2 } as never)],
      ['invalid-option', () => Vocab.build(corpus, { specialTokens: { pad: '<sos>' } })],
      ['invalid-option', () => Vocab.build(corpus, { specialTokens: { pad: { token: 'p', id: 1 } } })],
      ['invalid-option', () => Vocab.build(corpus, { specialTokens: { pad: { token: 'p', id: 99 } } })],
      ['invalid-option', () => Vocab.build(corpus, { specialTokens: { pad: 3 as never } })],
    ];
    expect(() => Vocab.build(null as never)).toThrow('Vocab.build: expected a list but received null.');
    expect(cases.map(([, action]) => codeOf(action))).toEqual(cases.map(([code]) => code));
  });

  it('refuses a corpus that is missing, also asynchronously', async () => {
    await expect(Vocab.buildAsync(null as never)).rejects.toMatchObject({ code: 'invalid-input' });
    await expect(Vocab.buildAsync([[1]] as never)).rejects.toMatchObject({ code: 'invalid-input' });
  });

  it('refuses damaged JSON', () => {
    const good = Vocab.build(corpus).toJSON();
    const damaged: unknown[] = [
      null,
      'text',
      {},
      { ...good, tokens: 'abcdefgh' },
      { ...good, tokens: [...good.tokens, 5] },
      { ...good, tokens: [...good.tokens, 'a'] },
      { tokens: good.tokens },
      { ...good, specialIds: { ...good.specialIds, pad: 8 } },
      { ...good, specialIds: { ...good.specialIds, pad: 0.5 } },
      { ...good, specialIds: { ...good.specialIds, pad: '0' } },
      { ...good, specialIds: { ...good.specialIds, pad: 1 } },
    ];
    expect(damaged.map((json) => codeOf(() => Vocab.fromJSON(json)))).toEqual(
      damaged.map(() => 'corrupt-file'),
    );
  });

  it('does not change with the JSON it came from', () => {
    const json = JSON.parse(JSON.stringify(Vocab.build(corpus))) as { tokens: string[] };
    const vocab = Vocab.fromJSON(json);
    json.tokens.push('new');
    expect(vocab.size).toBe(8);
  });
});

import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { corpusBleu, type CorpusBleuOptions } from '../../src/metrics/corpusBleu.js';

interface Case {
  corpus: string;
  options: Pick<CorpusBleuOptions, 'tokenize' | 'order' | 'lowercase'> & {
    smooth?: NonNullable<CorpusBleuOptions['smoothing']>;
    smooth_value?: number;
    effective_order?: boolean;
  };
  expected: {
    score: number;
    precisions: number[];
    brevity_penalty: number;
    hyp_len: number;
    ref_len: number;
    correct: number[];
    total: number[];
  };
}
interface Fixture {
  bleu: { corpora: Record<string, { hypotheses: string[]; references: string[][] }>; cases: Case[] };
}
const { bleu } = JSON.parse(
  readFileSync(new URL('../fixtures/torch/metrics.json', import.meta.url), 'utf8'),
) as Fixture;

function optionsOf({ smooth, smooth_value, effective_order, ...same }: Case['options']): CorpusBleuOptions {
  return {
    ...same,
    ...(smooth !== undefined && { smoothing: smooth }),
    ...(smooth_value !== undefined && { smoothingValue: smooth_value }),
    ...(effective_order !== undefined && { effectiveOrder: effective_order }),
  };
}

describe('corpusBleu against sacreBLEU', () => {
  it('has cases', () => expect(bleu.cases.length).toBeGreaterThan(70));

  it.each(bleu.cases.map((one) => [one.corpus, JSON.stringify(one.options), one] as const))(
    '%s %s',
    (corpus, _, { options, expected }) => {
      const { hypotheses, references } = bleu.corpora[corpus]!;
      const got = corpusBleu(hypotheses, references, optionsOf(options));
      expect(Math.abs(got.score - expected.score)).toBeLessThan(1e-9);
      expect(Math.abs(got.brevityPenalty - expected.brevity_penalty)).toBeLessThan(1e-9);
      expect(got.precisions).toHaveLength(expected.precisions.length);
      got.precisions.forEach((precision, n) => {
        expect(Math.abs(precision - expected.precisions[n]!)).toBeLessThan(1e-9);
      });
      expect(got.correct).toEqual(expected.correct);
      expect(got.total).toEqual(expected.total);
      expect(got.hypothesisLength).toBe(expected.hyp_len);
      expect(got.referenceLength).toBe(expected.ref_len);
    },
  );
});

describe('corpusBleu', () => {
  it('clips each n-gram at its count in one reference (Papineni et al. 2002, §2.1)', () => {
    const got = corpusBleu(
      ['the the the the the the the'],
      [['the cat is on the mat'], ['there is a cat on the mat']],
      { order: 1, smoothing: 'none' },
    );
    expect(got.correct).toEqual([2]);
    expect(got.total).toEqual([7]);
    expect(got.referenceLength).toBe(7); // the closer of 6 and 7
  });

  it('takes the shorter of two references that are equally close', () => {
    expect(corpusBleu(['a b c'], [['a b c d'], ['a b']], { tokenize: 'none' }).referenceLength).toBe(2);
  });

  it('tokenizes like mteval-v13a', () => {
    const text = 'He said &quot;no&quot; (twice), at 3.5% of 1,000-odd A&amp;B well-known <skipped>e.g. end.';
    const tokens = 'He said " no " ( twice ) , at 3.5 % of 1,000 - odd A & B well-known e . g . end .'.split(
      ' ',
    );
    const got = corpusBleu([text], [[tokens.join(' ')]]);
    expect(got.hypothesisLength).toBe(tokens.length);
    expect(got.score).toBe(100);
  });

  it('reads token lists as they are, tokens with blanks or commas included', () => {
    const got = corpusBleu([['New York', 'is', 'big', ',']], [[['New York', 'is', 'big', ',']]]);
    expect(got.total).toEqual([4, 3, 2, 1]);
    expect(got.score).toBe(100);
    expect(corpusBleu([['A', 'b']], [[['a', 'B']]], { lowercase: true, order: 2 }).correct).toEqual([2, 1]);
    expect(corpusBleu([['1', '2,3']], [[['1,2', '3']]], { order: 2 }).correct).toEqual([0, 0]);
  });

  it('is between 0 and 100, and 100 for the references themselves', () => {
    const token = fc.constantFrom('a', 'b', 'c', 'd');
    const sentence = fc.array(token, { minLength: 4, maxLength: 9 });
    fc.assert(
      fc.property(fc.array(fc.tuple(sentence, sentence), { minLength: 1, maxLength: 5 }), (pairs) => {
        const hypotheses = pairs.map(([hypothesis]) => hypothesis);
        const references = pairs.map(([, reference]) => reference);
        const { score } = corpusBleu(hypotheses, [references]);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(100);
        for (const order of [1, 2, 3, 4]) {
          expect(corpusBleu(references, [references], { order }).score).toBe(100);
        }
      }),
      { seed: 1 },
    );
  });

  it('refuses what it cannot score', () => {
    expect(() => corpusBleu([], [[]])).toThrow(
      'corpusBleu: expected a list of at least one hypothesis but received [].',
    );
    expect(() => corpusBleu(['a'], [['a', 'b']])).toThrow(
      'corpusBleu: expected as many references as hypotheses, 1, but received 2. A reference stands at the place of its hypothesis.',
    );
    expect(() => corpusBleu(['a'], ['a'] as never)).toThrow(
      'corpusBleu: expected one or more sets of references but received ["a"]. Wrap a single set: corpusBleu(hypotheses, [references]).',
    );
    expect(() => corpusBleu([['a']], [['a']])).toThrow(
      'corpusBleu: expected every sentence to be a list of tokens but received "a". Pass text everywhere, or tokens everywhere.',
    );
    expect(() => corpusBleu([['a']], [[['a']]], { tokenize: 'char' })).toThrow(
      'corpusBleu: expected no tokenize option for token lists but received "char".',
    );
    expect(() => corpusBleu(['a'], [['a']], { smoothingValue: 1 })).toThrow(
      "corpusBleu: expected smoothing 'floor' or 'add-k' together with smoothingValue but received \"exp\".",
    );
    expect(() => corpusBleu(['a'], [['a']], { smooth: 'exp' } as never)).toThrow(
      'option names among tokenize',
    );
    expect(() => corpusBleu(['a'], [['a']], { order: 0 })).toThrow(
      'order to be a whole number of at least 1',
    );
  });
});

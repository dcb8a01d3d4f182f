import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attentionHeatmap } from '../../src/visualize/attentionHeatmap.js';
import { attributesOf, elements, parse, textsOf } from './parse.js';

const small = {
  sourceTokens: ['I', 'am', 'cold'],
  targetTokens: ['J’ai', 'froid'],
  weights: [
    [0.75, 0.25, 0],
    [0, 0.1, 0.9],
  ],
};

describe('attentionHeatmap', () => {
  it('draws one square a weight, rows from top to bottom, columns from left to right', () => {
    const cells = elements(attentionHeatmap(small, { cellSize: 10 }), 'rect').slice(1);
    const left = Number(cells[0]?.['x']);
    const top = Number(cells[0]?.['y']);
    expect(cells.map((cell) => [cell['x'], cell['y'], cell['fill-opacity'], cell['data-source']])).toEqual(
      [
        [left, top, 0.75, 0],
        [left + 10, top, 0.25, 1],
        [left + 20, top, 0, 2],
        [left, top + 10, 0, 0],
        [left + 10, top + 10, 0.1, 1],
        [left + 20, top + 10, 0.9, 2],
      ].map((row) => row.map((value) => String(Number((value as number).toFixed(2))))),
    );
    expect(cells.every((cell) => cell['width'] === '10' && cell['height'] === '10')).toBe(true);
  });

  it('names and describes itself, and labels rows and columns', () => {
    const svg = attentionHeatmap(small, { title: 'A & B', sourceLabel: 'English', targetLabel: 'French' });
    expect(attributesOf(svg)['role']).toBe('img');
    expect(textsOf(svg, 'title')[0]).toBe('A & B');
    expect(textsOf(svg, 'desc')[0]?.replace(/[\u2068\u2069]/g, '')).toBe(
      'What each target token attended to most: “J’ai” ← “I” (0.75), “froid” ← “cold” (0.90).',
    );
    expect(textsOf(svg, 'text')).toEqual(['A & B', 'English', 'French', 'I', 'am', 'cold', 'J’ai', 'froid']);
    expect(
      textsOf(svg, 'title')
        .at(-1)
        ?.replace(/[\u2068\u2069]/g, ''),
    ).toBe('“froid” ← “cold”: 0.90');
  });

  it('takes a hypothesis, and numbers what has no label', () => {
    const attention = [Float32Array.of(1, 0), Float32Array.of(0.5, 0.5)];
    const svg = attentionHeatmap({ tokens: ['a', 'b'], attention }, { sourceTokens: ['x', 'y'] });
    expect(textsOf(svg, 'text').slice(3)).toEqual(['x', 'y', 'a', 'b']);
    expect(textsOf(attentionHeatmap({ attention }), 'text').slice(3)).toEqual(['1', '2', '1', '2']);
    const chosen = attentionHeatmap({ tokens: ['a', 'b'], attention }, { targetTokens: ['c', 'd'] });
    expect(textsOf(chosen, 'text').slice(5)).toEqual(['c', 'd']);
  });

  it('numbers frames, and leaves out labels that would overlap', () => {
    const weights = [Array.from({ length: 7 }, () => 1 / 7)];
    const svg = attentionHeatmap({ sourceTokens: null, targetTokens: ['one'], weights }, { cellSize: 5 });
    expect(textsOf(svg, 'text').slice(3)).toEqual(['1', '4', '7', 'one']);
  });

  it('runs from right to left where the source does, with row labels where their script begins', () => {
    const sourceTokens = ['<sos>', 'שלום', '!'];
    const svg = attentionHeatmap({ sourceTokens, targetTokens: ['مرحبا'], weights: [[0.2, 0.7, 0.1]] });
    const cells = elements(svg, 'rect').slice(1);
    const xs = cells.map((cell) => Number(cell['x']));
    expect(xs).toEqual([...xs].sort((a, b) => b - a));
    const labels = elements(svg, 'text');
    const row = labels.at(-1);
    expect(row).toMatchObject({ direction: 'rtl', 'text-anchor': 'end', 'data-target': '0' });
    expect(Number(row?.['x'])).toBeGreaterThan(Math.max(...xs) + 24);
    // A special token in Latin letters keeps its own direction.
    expect(labels[3]?.['direction']).toBeUndefined();
    expect(labels[4]?.['direction']).toBe('rtl');
  });

  it('keeps the order of a mostly left-to-right source', () => {
    const svg = attentionHeatmap({ sourceTokens: ['say', 'שלום', 'now'], weights: [[0, 1, 0]] });
    const xs = elements(svg, 'rect')
      .slice(1)
      .map((cell) => Number(cell['x']));
    expect(xs).toEqual([...xs].sort((a, b) => a - b));
  });

  it('shows blanks, and cuts long tokens but for the tip', () => {
    const long = 'x'.repeat(40);
    const svg = attentionHeatmap({
      sourceTokens: [' ', '\n', long],
      targetTokens: ['\t'],
      weights: [[1, 0, 0]],
    });
    expect(textsOf(svg, 'text').slice(3)).toEqual(['␣', '⏎', `${'x'.repeat(23)}…`, '⇥']);
    expect(textsOf(svg, 'title').at(-1)).toContain(long);
  });

  it('never takes text for markup', () => {
    const evil = `<script>alert("1")</script>`;
    const svg = attentionHeatmap(
      { sourceTokens: [evil, `" onload='x`], targetTokens: [']]>&amp;'], weights: [[1, 0]] },
      { title: evil, sourceLabel: evil, targetLabel: evil },
    );
    expect(svg).not.toContain('<script');
    expect(elements(svg, 'script')).toEqual([]);
    expect(elements(svg, 'text').every((text) => !('onload' in text))).toBe(true);
    expect(textsOf(svg, 'text')[4]).toBe(`" onload='x`);
    expect(textsOf(svg, 'title')[0]).toBe(evil);
  });

  it('is well-formed, equal for equal input, and as large as its weights, whatever the text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    const output = fc
      .tuple(fc.array(text, { minLength: 1, maxLength: 5 }), fc.array(text, { minLength: 1, maxLength: 3 }))
      .map(([sourceTokens, targetTokens]) => ({
        sourceTokens,
        targetTokens,
        weights: targetTokens.map(() => sourceTokens.map((_, i) => (i === 0 ? 1 : 0))),
      }));
    fc.assert(
      fc.property(output, text, (attended, title) => {
        const svg = attentionHeatmap(attended, { title });
        parse(svg);
        expect(svg).toBe(attentionHeatmap(attended, { title }));
        const cells = attended.sourceTokens.length * attended.targetTokens.length;
        expect(elements(svg, 'rect').length).toBe(1 + cells);
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('refuses what it cannot draw', () => {
    expect(() => attentionHeatmap({ tokens: ['a'] })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: attentionHeatmap: expected an alignment or a hypothesis with at least one row of attention but received {tokens}. Only models with attention have weights; add .attention(…) to the builder.]`,
    );
    expect(() => attentionHeatmap({ weights: [] })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: attentionHeatmap: expected an alignment or a hypothesis with at least one row of attention but received []. Only models with attention have weights; add .attention(…) to the builder.]`,
    );
    expect(() => attentionHeatmap({ weights: [[]] })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: attentionHeatmap: expected row 0 to have weights but received 0.]`,
    );
    expect(() => attentionHeatmap({ weights: [[1, 0], [1]] })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: attentionHeatmap: expected row 1 to have 2 weights, as row 0 has, but received 1.]`,
    );
    expect(() => attentionHeatmap({ weights: [[1, NaN]] })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: attentionHeatmap: expected weights of row 0 in [0, 1] but received NaN.]`,
    );
    expect(() => attentionHeatmap({ weights: [[1.5, 0]] })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: attentionHeatmap: expected weights of row 0 in [0, 1] but received 1.5.]`,
    );
    expect(() => attentionHeatmap(small, { sourceTokens: ['I', 'am'] })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: attentionHeatmap: expected sourceTokens to be 3 texts but received ["I", "am"]. Count the start and the end token where the model adds them.]`,
    );
    expect(() => attentionHeatmap(small, { cellSize: 0 })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: attentionHeatmap: expected cellSize to be a finite number (min 1) but received 0.]`,
    );
    expect(() => attentionHeatmap(small, { colour: 'red' } as object)).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: attentionHeatmap: expected option names among sourceTokens, targetTokens, title, sourceLabel, targetLabel, cellSize but received "colour".]`,
    );
  });
});

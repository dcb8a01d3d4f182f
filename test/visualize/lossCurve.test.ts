import { describe, expect, it } from 'vitest';
import { lossCurve } from '../../src/visualize/lossCurve.js';
import { ticks } from '../../src/visualize/ticks.js';
import { elements, parse, textsOf } from './parse.js';

const history = {
  epochs: [
    { epoch: 1, loss: 4, validation: { loss: 5, bleu: 1 } },
    { epoch: 2, loss: 2, validation: { loss: 3, bleu: 5 } },
    { epoch: 3, loss: 1, validation: { loss: 4, bleu: 7 } },
  ],
};

describe('lossCurve', () => {
  it('draws each epoch where it belongs', () => {
    // The frame goes from (56, 56) to (456, 256): 200 pixels an epoch, 40 a unit of loss, 0 to 5.
    const svg = lossCurve(history, { width: 472, height: 300 });
    expect(elements(svg, 'polyline').map((line) => line['points'])).toEqual([
      '56,96 256,176 456,216',
      '56,56 256,136 456,96',
    ]);
    expect(elements(svg, 'polyline').map((line) => line['stroke-dasharray'])).toEqual([undefined, '6 4']);
    expect(elements(svg, 'circle').length).toBe(3 + 1); // the legend's as well
    expect(textsOf(svg, 'text')).toEqual(
      ['Loss', 'epoch', 'loss a token', 0, 1, 2, 3, 4, 5, 1, 2, 3, 'training', 'validation'].map(String),
    );
  });

  it('names and describes itself', () => {
    const svg = lossCurve(history, {
      title: 'Verlust',
      trainingLabel: 'Training',
      validationLabel: 'Prüfung',
    });
    expect(textsOf(svg, 'title')).toEqual(['Verlust']);
    expect(textsOf(svg, 'desc')).toEqual([
      'Training: from 4.000 at 1 to 1.000 at 3, lowest 1.000 at 3. Prüfung: from 5.000 at 1 to 4.000 at 3, lowest 3.000 at 2.',
    ]);
  });

  it('draws one epoch as one point in the middle, and no line that there is not', () => {
    const svg = lossCurve({ epochs: [{ epoch: 5, loss: 0 }] }, { width: 472, height: 300 });
    expect(elements(svg, 'polyline').map((line) => line['points'])).toEqual(['256,256']);
    expect(textsOf(svg, 'text')).not.toContain('validation');
  });

  it('takes negative losses, and many records without marks', () => {
    const epochs = Array.from({ length: 500 }, (_, i) => ({ epoch: i, loss: -i }));
    const svg = lossCurve({ epochs });
    expect(elements(svg, 'circle').length).toBe(1);
    expect(elements(svg, 'polyline')[0]?.['points']?.split(' ').length).toBe(500);
    expect(textsOf(svg, 'text')).toContain('-500');
  });

  it('escapes its texts, and puts a right-to-left title to the right', () => {
    const svg = lossCurve(history, { title: 'אובדן <b>', xLabel: '<script>', width: 480 });
    parse(svg);
    expect(svg).not.toMatch(/<(script|b)>/);
    expect(elements(svg, 'text')[0]).toMatchObject({ x: '472', direction: 'rtl' });
    expect(elements(svg, 'text')[0]?.['text-anchor']).toBeUndefined();
  });

  it('refuses what it cannot draw', () => {
    expect(() => lossCurve({ epochs: [] })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: lossCurve: expected a history with at least one epoch but received [].]`,
    );
    expect(() => lossCurve({ epochs: [{ epoch: 1, loss: NaN }] })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: lossCurve: expected the loss of epoch 1 to be finite but received NaN.]`,
    );
    const valid = { epoch: 1, loss: 1 };
    expect(() => lossCurve({ epochs: [valid, valid] })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: lossCurve: expected record 1 to have a finite epoch above 1 but received 1.]`,
    );
    expect(() =>
      lossCurve({ epochs: [{ ...valid, validation: { loss: Infinity } }] }),
    ).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: lossCurve: expected the validation loss of epoch 1 to be finite but received Infinity.]`,
    );
    expect(() => lossCurve(history, { width: 10 })).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: lossCurve: expected width to be a whole number of at least 160 but received 10.]`,
    );
    expect(() => lossCurve(history, { log: true } as object)).toThrowErrorMatchingInlineSnapshot(
      `[Seq2SeqError: lossCurve: expected option names among title, xLabel, yLabel, trainingLabel, validationLabel, width, height but received "log".]`,
    );
  });
});

describe('ticks', () => {
  it('are round and enclose the values', () => {
    expect(ticks(0, 4.2)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(ticks(0, 0.03)).toEqual([0, 0.01, 0.02, 0.03]);
    expect(ticks(-1, 1)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(ticks(1, 3, true)).toEqual([1, 2, 3]);
    expect(ticks(0, 0)).toEqual([0, 0.2]);
    expect(ticks(0, 1e-7).at(-1)).toBe(1e-7);
  });
});

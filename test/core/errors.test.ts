import { expect, test } from 'vitest';
import { describe as render, mismatch, Seq2SeqError } from '../../src/core/errors.js';

test('a mismatch says where, what was expected, what came and what to do', () => {
  const error = mismatch('invalid-option', {
    where: 'recurrentEncoder',
    expected: 'units to be a whole number of at least 1',
    received: '256',
    hint: 'Leave the quotes out.',
  });
  expect(error).toBeInstanceOf(Seq2SeqError);
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe('Seq2SeqError');
  expect(error.code).toBe('invalid-option');
  expect(error.message).toBe(
    'recurrentEncoder: expected units to be a whole number of at least 1 but received "256". Leave the quotes out.',
  );
});

test('without a hint the message ends after what came', () => {
  const { message } = mismatch('invalid-input', { where: 'fit', expected: 'pairs', received: null });
  expect(message).toBe('fit: expected pairs but received null.');
});

test('an error keeps its cause', () => {
  const cause = new RangeError('inner');
  expect(new Seq2SeqError('corrupt-file', 'outer', { cause }).cause).toBe(cause);
});

/** A list in a list in a list … */
function nested(levels: number): unknown {
  return JSON.parse('['.repeat(levels) + ']'.repeat(levels));
}

test('deep nesting does not fill the stack', () => {
  expect(render(nested(200_000))).toBe('[[[an array of 1]]]');
});

test('a message is short, whatever came', () => {
  const long = 'x'.repeat(10_000);
  const texts = new Array<string>(8).fill('\n'.repeat(200));
  for (const received of [long, [long, long], { [long]: 1 }, new Array(8).fill(texts), 10n ** 5000n]) {
    const { message } = mismatch('corrupt-file', { where: 'here', expected: long, received });
    expect(message.length).toBeLessThan(1000);
    expect(message).toMatch(/^here: expected x+\.\.\.$/);
    const shown = mismatch('corrupt-file', { where: 'here', expected: 'x', received }).message;
    expect(shown.length).toBeLessThan(1000);
    expect(shown).toMatch(/^here: expected x but received /);
  }
});

test.each([
  ['text', '"text"'],
  ['a "quoted"\nline', '"a \\"quoted\\"\\nline"'],
  ['x'.repeat(81), `"${'x'.repeat(77)}..."`],
  ['x'.repeat(80), `"${'x'.repeat(80)}"`],
  [3.5, '3.5'],
  [NaN, 'NaN'],
  [undefined, 'undefined'],
  [null, 'null'],
  [10n, '10'],
  [() => 1, 'a Function'],
  [[1, 'a', [2]], '[1, "a", [2]]'],
  [[], '[]'],
  [new Array<number>(9).fill(0), 'an array of 9'],
  [{ units: 3, cell: 'gru' }, '{units, cell}'],
  [Object.create(null), '{}'],
  [new Map(), 'a Map'],
  [new Int32Array(2), 'a Int32Array'],
  [(function* () {})(), '{}'],
  [{ constructor: { name: { toString: 1 } } }, '{constructor}'],
  [{ constructor: { name: 'Map' } }, '{constructor}'],
  [JSON.parse('{"__proto__": {"constructor": 1}, "toString": 2}'), '{__proto__, toString}'],
  [[[[[1]], []]], '[[[an array of 1], []]]'],
])('renders %o', (value, text) => {
  expect(render(value)).toBe(text);
});

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
])('renders %o', (value, text) => {
  expect(render(value)).toBe(text);
});

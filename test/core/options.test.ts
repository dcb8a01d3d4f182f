import { describe, expect, test } from 'vitest';
import {
  boolean,
  checkOptionNames,
  finiteNumber,
  integerFrom,
  nonNegativeInteger,
  oneOf,
  orNull,
  positiveInteger,
  readOptions,
  unchecked,
} from '../../src/core/options.js';

const refused = (run: () => unknown, message: string): void =>
  expect(run).toThrow(expect.objectContaining({ code: 'invalid-option', message }));

interface BlockOptions {
  readonly units: number;
  readonly layers?: number;
  readonly cell?: 'gru' | 'lstm';
  readonly maxLength?: number;
  readonly embeddingSize?: number;
}

const read = (options: object): object =>
  readOptions('f', options as BlockOptions, {
    units: [positiveInteger],
    layers: [positiveInteger, 2],
    cell: [oneOf(['gru', 'lstm']), 'gru'],
    maxLength: [positiveInteger, undefined],
    embeddingSize: [orNull(positiveInteger), null],
  });

describe('readOptions', () => {
  test('fills in the defaults, in the order of the table; what has none stays away', () => {
    expect(JSON.stringify(read({ units: 3 }))).toBe(
      '{"units":3,"layers":2,"cell":"gru","embeddingSize":null}',
    );
    expect(Object.keys(read({ units: 3 }))).not.toContain('maxLength');
    const given = { maxLength: 9, cell: 'lstm', embeddingSize: 5, layers: 1, units: 3 };
    expect(JSON.stringify(read(given))).toBe(
      '{"units":3,"layers":1,"cell":"lstm","maxLength":9,"embeddingSize":5}',
    );
  });

  test('reads its own result again, and undefined as left out', () => {
    const once = read({ units: 3 });
    expect(read(once)).toStrictEqual(once);
    const absent = { units: 3, layers: undefined, maxLength: undefined, embeddingSize: undefined };
    expect(read(absent)).toStrictEqual(once);
  });

  test('gives what a check returns, of a default too', () => {
    const double = (_where: string, _name: string, value: unknown): number => 2 * (value as number);
    const table = { a: [double], b: [double, 4], c: [double, 5] } as const;
    expect(readOptions('f', { a: 3, b: 4 } as object, table)).toEqual({ a: 6, b: 8, c: 10 });
    expect(() => readOptions('f', {} as object, { units: [positiveInteger, 0] })).toThrow('received 0');
  });

  test.each([
    [{}, 'units to be a whole number of at least 1 but received undefined.'],
    [{ units: 0 }, 'units to be a whole number of at least 1 but received 0.'],
    [{ units: 1, layers: null }, 'layers to be a whole number of at least 1 but received null.'],
    [{ units: 1, cell: 'rnn' }, `cell to be one of 'gru', 'lstm' but received "rnn".`],
    [{ units: 1, maxLength: null }, 'maxLength to be a whole number of at least 1 but received null.'],
    [
      { unit: undefined },
      'option names among units, layers, cell, maxLength, embeddingSize but received "unit".',
    ],
    [
      { units: 1, constructor: 1 },
      'option names among units, layers, cell, maxLength, embeddingSize but received "constructor".',
    ],
    [null, 'an options object but received null.'],
    ['units', 'an options object but received "units".'],
  ])('refuses %o', (options, message) => {
    refused(() => read(options as object), `f: expected ${message}`);
  });
});

describe('checkOptionNames', () => {
  test('lets known names pass, and an absent option', () => {
    checkOptionNames('f', { units: 1 }, ['units', 'layers']);
    checkOptionNames('f', {}, []);
  });

  test('refuses an unknown name, even if its value is undefined', () => {
    const message = 'f: expected option names among units, layers but received "unit".';
    refused(() => checkOptionNames('f', { unit: undefined }, ['units', 'layers']), message);
  });

  test('does not take an inherited name for a known one', () => {
    const message = 'f: expected option names among units but received "constructor".';
    refused(() => checkOptionNames('f', { constructor: 1 }, ['units']), message);
  });

  test.each([
    [null, 'null'],
    [7, '7'],
    ['units', '"units"'],
  ])('refuses %o for an options object', (options, shown) => {
    const message = `f: expected an options object but received ${shown}.`;
    refused(() => checkOptionNames('f', options as never, ['units']), message);
  });
});

describe('whole numbers', () => {
  test('returns what fits', () => {
    expect(positiveInteger('f', 'units', 1)).toBe(1);
    expect(nonNegativeInteger('f', 'seed', 0)).toBe(0);
    expect(positiveInteger('f', 'units', Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
  });

  test('count from 0, or from any other', () => {
    refused(
      () => nonNegativeInteger('f', 'seed', -1),
      'f: expected seed to be a whole number of at least 0 but received -1.',
    );
    expect(integerFrom(2)('f', 'times', 2)).toBe(2);
    refused(
      () => integerFrom(2)('f', 'times', 1),
      'f: expected times to be a whole number of at least 2 but received 1.',
    );
  });

  test.each([0, -1, 1.5, NaN, Infinity, 2 ** 53, '3', null, undefined, true])('refuses %o', (value) => {
    const shown = typeof value === 'string' ? `"${value}"` : String(value);
    const message = `f: expected units to be a whole number of at least 1 but received ${shown}.`;
    refused(() => positiveInteger('f', 'units', value), message);
  });
});

describe('finiteNumber', () => {
  test('takes inclusive limits but excludes above and below', () => {
    expect(finiteNumber({ min: 0, below: 1 })('f', 'rate', 0)).toBe(0);
    expect(finiteNumber({ above: 0, max: 1 })('f', 'rate', 1)).toBe(1);
    expect(finiteNumber()('f', 'rate', -1e300)).toBe(-1e300);
  });

  test('names the limits in its message', () => {
    const message = 'f: expected dropout to be a finite number (min 0, below 1) but received 1.';
    refused(() => finiteNumber({ min: 0, below: 1 })('f', 'dropout', 1), message);
    refused(
      () => finiteNumber({ above: 0, max: 2 })('f', 'norm', 0),
      'f: expected norm to be a finite number (above 0, max 2) but received 0.',
    );
  });

  test.each([NaN, Infinity, -Infinity, '1', null, undefined])('refuses %o', (value) => {
    expect(() => finiteNumber()('f', 'x', value)).toThrow('f: expected x to be a finite number but received');
  });
});

test('oneOf lists the choices', () => {
  expect(oneOf(['gru', 'lstm'])('f', 'cell', 'gru')).toBe('gru');
  refused(
    () => oneOf(['gru', 'lstm'])('f', 'cell', 'GRU'),
    `f: expected cell to be one of 'gru', 'lstm' but received "GRU".`,
  );
});

test('boolean takes true and false alone', () => {
  expect([boolean('f', 'x', true), boolean('f', 'x', false)]).toEqual([true, false]);
  refused(() => boolean('f', 'x', 1), 'f: expected x to be true or false but received 1.');
});

test('unchecked takes everything', () => {
  expect([undefined, null, 'x'].map((value) => unchecked('f', 'x', value))).toEqual([undefined, null, 'x']);
});

import { describe, expect, test } from 'vitest';
import {
  checkOptionNames,
  checkOptions,
  count,
  finiteNumber,
  flag,
  oneOf,
  wholeNumber,
} from '../../src/core/options.js';

const refused = (run: () => unknown, message: string): void =>
  expect(run).toThrow(expect.objectContaining({ code: 'invalid-option', message }));

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

describe('checkOptions', () => {
  const checks = { units: wholeNumber, seed: count, shared: flag };

  test('lets right values pass, and undefined for an absent one', () => {
    checkOptions('f', { units: 2, seed: 0 }, checks);
    checkOptions('f', { units: undefined, shared: false }, checks);
  });

  test('refuses what a check refuses, and names without a check', () => {
    refused(
      () => checkOptions('f', { units: 2, seed: -1 }, checks),
      'f: expected seed to be a whole number of at least 0 but received -1.',
    );
    refused(
      () => checkOptions('f', { constructor: 1 }, checks),
      'f: expected option names among units, seed, shared but received "constructor".',
    );
  });
});

describe('wholeNumber', () => {
  test('returns what fits', () => {
    expect(wholeNumber('f', 'units', 1)).toBe(1);
    expect(wholeNumber('f', 'seed', 0, 0)).toBe(0);
    expect(wholeNumber('f', 'units', Number.MAX_SAFE_INTEGER)).toBe(Number.MAX_SAFE_INTEGER);
  });

  test.each([0, -1, 1.5, NaN, Infinity, 2 ** 53, '3', null, undefined, true])('refuses %o', (value) => {
    const shown = typeof value === 'string' ? `"${value}"` : String(value);
    const message = `f: expected units to be a whole number of at least 1 but received ${shown}.`;
    refused(() => wholeNumber('f', 'units', value), message);
  });
});

describe('finiteNumber', () => {
  test('takes inclusive limits but excludes above and below', () => {
    expect(finiteNumber('f', 'rate', 0, { min: 0, below: 1 })).toBe(0);
    expect(finiteNumber('f', 'rate', 1, { above: 0, max: 1 })).toBe(1);
    expect(finiteNumber('f', 'rate', -1e300)).toBe(-1e300);
  });

  test('names the limits in its message', () => {
    const message = 'f: expected dropout to be a finite number (min 0, below 1) but received 1.';
    refused(() => finiteNumber('f', 'dropout', 1, { min: 0, below: 1 }), message);
    refused(
      () => finiteNumber('f', 'norm', 0, { above: 0, max: 2 }),
      'f: expected norm to be a finite number (above 0, max 2) but received 0.',
    );
  });

  test.each([NaN, Infinity, -Infinity, '1', null, undefined])('refuses %o', (value) => {
    expect(() => finiteNumber('f', 'x', value)).toThrow('f: expected x to be a finite number but received');
  });
});

test('oneOf lists the choices', () => {
  expect(oneOf('f', 'cell', 'gru', ['gru', 'lstm'])).toBe('gru');
  refused(
    () => oneOf('f', 'cell', 'GRU', ['gru', 'lstm']),
    `f: expected cell to be one of 'gru', 'lstm' but received "GRU".`,
  );
});

test('flag takes true and false alone', () => {
  expect([flag('f', 'x', true), flag('f', 'x', false)]).toEqual([true, false]);
  refused(() => flag('f', 'x', 1), 'f: expected x to be true or false but received 1.');
});

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  anyNumber,
  choice,
  commonOptions,
  flag,
  optionalText,
  positiveNumber,
  runExample,
  text,
  wholeNumber,
} from '../../examples/support/cli.js';
import { distinctSources, holdOut, splitPairs, splitSources } from '../../examples/support/pairs.js';

const OPTIONS = {
  file: optionalText(),
  out: text('here'),
  model: choice(['small', 'large'], 'small'),
  json: flag(),
  seed: wholeNumber(1),
  steps: wholeNumber(5, 1),
  rate: anyNumber(0.5),
  heat: positiveNumber(0.8),
};

let printed: string[] = [];
let complaints: string[] = [];
beforeEach(() => {
  [printed, complaints] = [[], []];
  vi.spyOn(console, 'log').mockImplementation((line: string) => void printed.push(line));
  vi.spyOn(console, 'error').mockImplementation((line: string) => void complaints.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

const url = new URL('../../examples/dates.ts', import.meta.url).href;

/** What `main` gets for a command line, or null where it was not called. */
async function settingsOf(...args: string[]): Promise<unknown> {
  let found: unknown = null;
  await runExample(url, OPTIONS, async (settings) => void (found = settings), args);
  return found;
}

describe('runExample', () => {
  const defaults = { out: 'here', model: 'small', json: false, seed: 1, steps: 5, rate: 0.5, heat: 0.8 };

  it('fills in what is left out', async () => {
    expect(await settingsOf()).toEqual({ file: undefined, ...defaults });
  });

  it('reads every kind of option', async () => {
    const args = ['--file', 'a', '--out', 'b', '--model', 'large', '--json', '--seed', '0', '--steps', '7'];
    expect(await settingsOf(...args, '--rate=-1', '--heat', '2')).toEqual({
      file: 'a',
      out: 'b',
      model: 'large',
      json: true,
      seed: 0,
      steps: 7,
      rate: -1,
      heat: 2,
    });
  });

  it.each([
    [['--seed', '1.5'], '--seed is 1.5; it must be a whole number.'],
    [['--seed', '1234567890'], '--seed is 1234567890; it must be a whole number.'],
    [['--steps', '0'], '--steps is 0; it must be a whole number from 1.'],
    [['--rate', ''], '--rate is ; it must be a number.'],
    [['--heat', '0'], '--heat is 0; it must be above 0.'],
    [['--model', 'tiny'], '--model is tiny; it can be small or large.'],
    [['--what'], "Unknown option '--what'"],
    [['word'], "Unexpected argument 'word'"],
  ])('refuses %j', async (args, message) => {
    expect(await settingsOf(...args)).toBeNull();
    expect(complaints).toHaveLength(1);
    expect(complaints[0]?.startsWith(message)).toBe(true);
    expect(process.exitCode).toBe(1);
  });

  it('explains the example by the comment at its head', async () => {
    expect(await settingsOf('--help')).toBeNull();
    expect(printed).toHaveLength(1);
    expect(printed[0]).toMatch(/^Reads dates .*\n(.*\n)*  --seed N/);
    expect(process.exitCode).toBeUndefined();
  });

  it('ends with code 1 and the message where the example fails', async () => {
    await runExample(url, {}, () => Promise.reject(new Error('no data')), []);
    expect(complaints).toEqual(['no data']);
    expect(process.exitCode).toBe(1);
  });

  it('knows the options that nearly all examples have', async () => {
    let found: unknown = null;
    await runExample(url, commonOptions({ examples: 7, epochs: 3 }), async (read) => void (found = read), []);
    expect(found).toEqual({ train: undefined, examples: 7, epochs: 3, seed: 1 });
  });
});

describe('splitting', () => {
  const pairs = Array.from({ length: 23 }, (_, i) => ({ source: `s${i % 20}`, target: `t${i}` }));

  it('keeps the last pair of each source', () => {
    const distinct = distinctSources(pairs);
    expect(distinct).toHaveLength(20);
    expect(distinct[0]).toEqual({ source: 's0', target: 't20' });
  });

  it('holds every tenth out, or fewer where there are many', () => {
    expect(holdOut(Array.from({ length: 20 }, (_, i) => i)).heldOut).toEqual([0, 10]);
    expect(
      holdOut(
        Array.from({ length: 60 }, (_, i) => i),
        3,
      ).heldOut,
    ).toEqual([0, 20, 40]);
  });

  it('puts no source on both sides', () => {
    const { train, heldOut } = splitPairs(pairs);
    expect([train.length, heldOut.length]).toEqual([18, 2]);
    expect(train.some(({ source }) => heldOut.some((pair) => pair.source === source))).toBe(false);
  });

  it('keeps all targets of a source together', () => {
    const { train, heldOut } = splitSources(pairs);
    expect([...heldOut]).toEqual([
      ['s0', ['t0', 't20']],
      ['s10', ['t10']],
    ]);
    expect(train).toHaveLength(20);
  });

  it('wants ten different ones', () => {
    expect(() => splitPairs(pairs.slice(0, 9))).toThrow('9 different pairs are too few');
    expect(() => splitSources(pairs.slice(0, 9))).toThrow('9 different sources are too few');
  });
});

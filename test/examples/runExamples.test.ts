import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Settings with which these learn within seconds, and what their figure must then be at least or at most. */
const CHECKED: Readonly<Record<string, { args: readonly string[]; atLeast?: number; atMost?: number }>> = {
  tiny: { args: [], atLeast: 0.9 },
  'english-french-rnn': { args: ['--examples', '5000', '--epochs', '6'], atLeast: 0.8 },
  transformer: { args: ['--examples', '4000', '--epochs', '2'], atLeast: 0.95 },
  'beam-search': { args: ['--examples', '250', '--epochs', '3'], atLeast: 0.9 },
  'custom-loop': { args: ['--examples', '4000', '--epochs', '5'], atLeast: 0.8 },
  dates: { args: ['--examples', '3000', '--epochs', '3'], atLeast: 0.95 },
  'letters-to-sounds': { args: ['--examples', '2000', '--epochs', '3'], atMost: 0.1 },
  forecast: { args: ['--examples', '2000', '--epochs', '6'], atMost: 0.85 },
  'attention-in-tf-model': { args: ['--examples', '3000', '--epochs', '8'], atLeast: 0.6 },
};

const files = (await readdir('examples')).filter((file) => file.endsWith('.ts'));
const examples = files
  .map((file) => file.replace('.ts', ''))
  .filter((name) => !/^(demo|translate)$/.test(name));

let folder = '';
/** What `--train` gets: pairs, but for those that read something else. */
let data: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seq2seq-examples-'));
  const [pairs, series, sounds] = ['pairs.tsv', 'series.csv', 'sounds'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const colours = ['red', 'green', 'blue', 'grey'];
  const things = ['house', 'boat', 'hat', 'door', 'cup', 'star'];
  const lines = colours.flatMap((colour) =>
    things.map((thing) => `the ${colour} ${thing}\t${thing} ${colour}`),
  );
  await writeFile(pairs, lines.join('\n'));
  const rows = Array.from(
    { length: 600 },
    (_, t) => `${Math.sin(t / 3).toFixed(3)},${Math.cos(t / 5).toFixed(3)}`,
  );
  await writeFile(series, rows.join('\n'));
  await mkdir(sounds);
  for (let i = 0; i < 10; i++)
    await writeFile(join(sounds, `${i % 2}_${i}.wav`), tone(300 + 400 * (i % 2) + i));
  data = { pairs, forecast: series, 'spoken-digits': sounds };
});
afterAll(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

/** What `npm run example` does, but for npm. */
function run(...args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['scripts/example.mjs', ...args], {
      env: { ...process.env, TMPDIR: folder, TEMP: folder }, // what an example draws goes there
    });
    let [out, error] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (error += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, error }));
  });
}

/** A fifth of a second of a tone, as a WAV file. */
function tone(hertz: number): Buffer {
  const [rate, length] = [8000, 1600];
  const file = Buffer.alloc(44 + 2 * length);
  file.write('RIFF', 0, 'latin1');
  file.writeUInt32LE(36 + 2 * length, 4);
  file.write('WAVEfmt ', 8, 'latin1');
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20); // plain samples
  file.writeUInt16LE(1, 22); // one channel
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(2 * rate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36, 'latin1');
  file.writeUInt32LE(2 * length, 40);
  for (let t = 0; t < length; t++)
    file.writeInt16LE(Math.round(20_000 * Math.sin((2 * Math.PI * hertz * t) / rate)), 44 + 2 * t);
  return file;
}

/** The number at the end of the last line, `what it measures: 0.123`. */
function figureOf({ code, out, error }: Outcome): number {
  expect(code, error).toBe(0);
  const last = out.trimEnd().split('\n').at(-1) ?? '';
  expect(last).toMatch(/^[^:]+: \d+\.\d{3}$/);
  return Number(last.split(': ')[1]);
}

describe('npm run example', () => {
  it('lists what there is', async () => {
    const { code, out } = await run();
    expect(code).toBe(0);
    for (const name of examples) expect(out).toMatch(new RegExp(`^  ${name} +[A-Z].+\\.$`, 'm'));
    expect(out).toContain('--copy FOLDER');
  });

  it('knows no others', async () => {
    const { code, out, error } = await run('../package');
    expect(code).toBe(1);
    expect(error).toContain('no example named ../package');
    expect(out).toContain('dates');
  });

  it('hands options on, and ends with the code of the example', async () => {
    const [good, bad] = [await run('dates', '--help'), await run('dates', '--epochs', 'many')];
    expect([good.code, bad.code]).toEqual([0, 1]);
    expect(good.out).toMatch(/^Reads dates/);
    expect(bad.error).toContain('--epochs is many');
  });
});

describe.each(examples)('%s', (name) => {
  it('explains its options, and leaves the command line to support/cli.ts', async () => {
    const text = await readFile(`examples/${name}.ts`, 'utf8');
    const [head] = text.split('*/');
    for (const option of ['--train', '--examples', '--epochs', '--seed']) expect(head).toContain(option);
    expect(text.endsWith('\nawait runExample(import.meta.url, OPTIONS, main);\n')).toBe(true);
  });

  it('stands in the table, and imports no other example', async () => {
    const text = await readFile(`examples/${name}.ts`, 'utf8');
    const imported = [...text.matchAll(/(?:from|import\() ?'([^']+)'/g)].map((match) => match[1] ?? '');
    expect(imported.filter((path) => /^\.(?!\/support\/)/.test(path))).toEqual([]);
    expect(await readFile('examples/README.md', 'utf8')).toContain(`| [${name}](${name}.ts) |`);
  });
});

describe.concurrent.each(Object.entries(CHECKED))('%s', (name, { args, atLeast, atMost }) => {
  it('learns', async () => {
    const figure = figureOf(await run(name, ...args));
    if (atLeast !== undefined) expect(figure).toBeGreaterThanOrEqual(atLeast);
    if (atMost !== undefined) expect(figure).toBeLessThanOrEqual(atMost);
  });
});

describe.concurrent.each(examples.filter((name) => !(name in CHECKED)))('%s', (name) => {
  it('starts', async () => {
    figureOf(await run(name, '--examples', '40', '--epochs', '1'));
  });
});

describe.concurrent.each(examples)('%s', (name) => {
  it('trains on data of the user', async () => {
    const train = data[name] ?? data['pairs'] ?? '';
    figureOf(await run(name, '--train', train, '--examples', '40', '--epochs', '1'));
  });

  it('says in one line that it cannot read a file', async () => {
    const { code, error } = await run(name, '--train', join(folder, 'none'));
    expect(code).toBe(1);
    expect(error.trim().split('\n')).toHaveLength(1);
  });
});

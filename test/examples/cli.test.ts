import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let folder = '';
let pairs = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seq2seq-cli-'));
  pairs = join(folder, 'pairs.tsv');
  const words = ['red', 'green', 'blue', 'old', 'new', 'big'];
  const lines = words.flatMap((a) => words.map((b) => `${a} ${b}\t${b} ${a}`));
  await writeFile(pairs, `${[...lines, ...lines, ...lines].join('\n')}\n`);
});
afterAll(() => rm(folder, { recursive: true }));

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function run(script: string, args: readonly string[], input = ''): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['scripts/example.mjs', script, ...args]);
    let [out, error] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (error += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, out, error }));
    child.stdin.end(input);
  });
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';

describe('npm run demo', () => {
  it('trains on own pairs, translates what is typed, and ends with one line of JSON', async () => {
    const args = ['--pairs', pairs, '--epochs', '1', '--interactive', '--json'];
    const { code, out } = await run('demo', args, 'red green\n\n');
    expect(code).toBe(0);
    expect(out).toContain('108 pairs');
    expect(Object.keys(JSON.parse(lastLine(out)) as object)).toEqual([
      'backend',
      'pairs',
      'trainSeconds',
      'targetTokensPerSecond',
      'heldOutExactMatch',
      'heldOutBleu',
    ]);
  });

  it('names file, line and reason of a bad row', async () => {
    const bad = join(folder, 'bad.tsv');
    await writeFile(bad, 'one\teins\ntwo zwei\n');
    const { code, out, error } = await run('demo', ['--pairs', bad]);
    expect(code).toBe(1);
    expect(error).toContain(`${bad}:2`);
    expect(out + error).not.toMatch(/\n\s+at /);
  });

  it.each([[['--pairs']], [['--what']]])('refuses %j without a stack trace', async (args) => {
    const { code, out, error } = await run('demo', args);
    expect(code).toBe(1);
    expect(out + error).not.toMatch(/\n\s+at /);
  });

  it('explains itself', async () => {
    const { code, out } = await run('demo', ['--help']);
    expect(code).toBe(0);
    expect(out).toContain('--pairs FILE.tsv');
  });
});

describe('npm run translate', () => {
  it('prints the model, then one line an epoch, and draws the attention', async () => {
    const picture = join(folder, 'attention.svg');
    const sizes = ['--epochs', '2', '--units', '8', '--embedding', '4', '--model', 'attention'];
    const args = ['--train', pairs, '--test', pairs, ...sizes, '--attention', picture, '--json'];
    const { code, out } = await run('translate', args);
    expect(code).toBe(0);
    const rows = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(rows).toHaveLength(3);
    expect(rows[0]).toMatchObject({
      model: 'attention',
      emb: 4,
      hid: 8,
      src_vocab: 10,
      train: 108,
      test: 108,
    });
    expect(Object.keys(rows[1] ?? {})).toEqual([
      'epoch',
      'train_loss',
      'seconds',
      'target_tokens_per_s',
      'bleu',
      'exact',
      'sample',
    ]);
    expect(await readFile(picture, 'utf8')).toMatch(/^<svg/);
  });

  it.each([
    [[], '--train FILE.tsv'],
    [['--train', 'x', '--test', 'x', '--model', 'lstm'], '--model is lstm'],
    [['--train', 'x', '--test', 'x', '--epochs', 'many'], '--epochs is many'],
  ])('refuses %j', async (args, text) => {
    const { code, out, error } = await run('translate', args);
    expect(code).toBe(1);
    expect(error).toContain(text);
    expect(out + error).not.toMatch(/\n\s+at /);
  });
});

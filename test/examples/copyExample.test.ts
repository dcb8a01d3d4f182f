import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyExample } from '../../scripts/lib/copyExample.mjs';

const names = (await readdir('examples'))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length));
const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'seq2seq-copy-'));
  for (const name of names) await copyExample(name, join(folder, name), `^${version}`);
  // What `npm install` would bring, found by each of the copies beside it.
  for (const installed of ['@tensorflow', '@types', 'jieba-wasm', 'tsx', 'typescript'])
    await link(resolve('node_modules', installed), join(folder, 'node_modules', installed));
  await link(resolve('.'), join(folder, 'node_modules', 'tfjs-seq2seq'));
});
afterAll(() => rm(folder, { recursive: true }));

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await symlink(target, path, 'junction');
}

function node(cwd: string, ...args: string[]): { code: number | null; out: string; error: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  return { code: status, out: stdout, error: stderr };
}

describe('the copy of an example', () => {
  it('has all that it imports, and nothing else', async () => {
    const files = await readdir(join(folder, 'dates'), { recursive: true });
    expect(files.sort()).toEqual([
      'dates.ts',
      'package.json',
      'support',
      join('support', 'cli.ts'),
      join('support', 'pairs.ts'),
      'tsconfig.json',
    ]);
    expect(await readdir(join(folder, 'demo', 'phrasebook'))).toContain('grammar.ts');
  });

  it('names its packages with their versions, and how it starts', async () => {
    const written = JSON.parse(
      await readFile(join(folder, 'attention-in-tf-model', 'package.json'), 'utf8'),
    ) as object;
    expect(written).toMatchObject({
      name: 'attention-in-tf-model',
      type: 'module',
      scripts: { start: 'tsx attention-in-tf-model.ts' },
      dependencies: {
        '@tensorflow/tfjs-core': expect.stringMatching(/^\^\d/) as string,
        '@tensorflow/tfjs-layers': expect.stringMatching(/^\^\d/) as string,
        'tfjs-seq2seq': `^${version}`,
        tsx: expect.stringMatching(/^\^\d/) as string,
      },
    });
  });

  it.each(names)('of %s says how it runs there', async (name) => {
    const text = await readFile(join(folder, name, `${name}.ts`), 'utf8');
    expect(text).toContain('npm start');
    expect(text).not.toContain('npm run');
  });

  it('type-checks by its own tsconfig.json', () => {
    const { config } = ts.readConfigFile(join(folder, 'dates', 'tsconfig.json'), ts.sys.readFile) as {
      config: unknown;
    };
    const checked = ['attention-in-tf-model', 'chinese-english-gru', 'demo', 'tiny'];
    const { options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
    const program = ts.createProgram(
      checked.map((name) => join(folder, name, `${name}.ts`)),
      options,
    );
    const found = ts.getPreEmitDiagnostics(program);
    expect(found.map(({ file, messageText }) => [file?.fileName, messageText])).toEqual([]);
  });

  it('starts', () => {
    const { code, out, error } = node(
      join(folder, 'tiny'),
      '--import',
      'tsx',
      'tiny.ts',
      '--examples',
      '40',
      '--epochs',
      '1',
    );
    expect(code, error).toBe(0);
    expect(out).toMatch(/^held-out exact match: \d/m);
  });
});

describe('npm run example -- NAME --copy FOLDER', () => {
  const command = (...args: string[]) => node('.', 'scripts/example.mjs', 'dates', ...args);

  it('writes a new folder, with this package as a tarball', async () => {
    const target = join(folder, 'new', 'folder');
    const { code, out } = command('--copy', target);
    expect(code).toBe(0);
    expect(out).toContain('npm install && npm start');
    const tarball = `tfjs-seq2seq-${version}.tgz`;
    expect(await readdir(target)).toEqual(expect.arrayContaining(['dates.ts', tarball]));
    const written = await readFile(join(target, 'package.json'), 'utf8');
    expect(written).toContain(`"tfjs-seq2seq": "file:${tarball}"`);
  });

  it('touches no folder that holds something', async () => {
    const target = join(folder, 'full');
    await mkdir(target);
    await writeFile(join(target, 'mine.txt'), 'mine');
    const { code, error } = command('--copy', target);
    expect(code).toBe(1);
    expect(error.trim()).toBe(`--copy ${target}: the folder must be empty or new.`);
    expect(await readdir(target)).toEqual(['mine.txt']);
  });

  it.each([[['--copy']], [['--copy', '--epochs']], [['--copy', 'a', '--epochs', '1']]])(
    'refuses %j',
    (args) => {
      const { code, error } = command(...args);
      expect(code).toBe(1);
      expect(error.trim().split('\n')).toHaveLength(1);
    },
  );
});

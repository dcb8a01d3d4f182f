import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, inject, it } from 'vitest';
import { copyExample } from '../../scripts/lib/copyExample.mjs';
import { entryPoints, readmeExampleAsJavaScript } from './readmeExample.js';

const consumer = inject('consumer');

describe('an install of the tarball', () => {
  it('has one copy of tfjs-core', () => {
    const copies = readdirSync(consumer, { recursive: true, encoding: 'utf8' }).filter((path) =>
      /@tensorflow[\\/]tfjs-core[\\/]package\.json$/.test(path),
    );
    expect(copies).toEqual([join('node_modules', '@tensorflow', 'tfjs-core', 'package.json')]);
  });

  it('holds the license, the changelog, the sources that maps point to, and nothing that only we need', () => {
    const root = join(consumer, 'node_modules', 'tfjs-seq2seq');
    expect(readdirSync(root).sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
      'src',
    ]);
    const files = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' });
    const sources = files
      .filter((file) => file.endsWith('.map'))
      .map((file) => join(root, 'dist', file))
      .flatMap((map) =>
        (JSON.parse(readFileSync(map, 'utf8')) as { sources: string[] }).sources.map((source) =>
          join(map, '..', source),
        ),
      );
    expect(sources.length).toBeGreaterThan(0);
    expect(sources.filter((source) => readFileSync(source, 'utf8') === '')).toEqual([]);
  });

  it.each(entryPoints())('imports %s in Node, and prints and changes nothing by it', (name) => {
    const code = `
      const before = new Set(Object.getOwnPropertyNames(globalThis));
      const names = Object.keys(await import('${name}'));
      const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name));
      console.log(JSON.stringify({ names: names.length, globals }));
    `;
    writeFileSync(join(consumer, 'import.js'), code);
    const { names, globals } = JSON.parse(node('import.js')) as { names: number; globals: string[] };
    expect(names).toBeGreaterThan(0);
    // tfjs keeps its one engine there.
    expect(globals.filter((global) => !/^_tf(Globals|engine)$/.test(global))).toEqual([]);
  });

  it('runs the README example in Node', () => {
    writeFileSync(join(consumer, 'readme.js'), readmeExampleAsJavaScript());
    expect(node('readme.js')).not.toBe('');
  });

  it('runs the copy of an example', async () => {
    await copyExample('tiny', join(consumer, 'tiny'), inject('tarball'));
    const tsx = pathToFileURL(resolve('node_modules/tsx/dist/loader.mjs')).href;
    const output = node('--import', tsx, join('tiny', 'tiny.ts'), '--examples', '40', '--epochs', '1');
    expect(output).toMatch(/^held-out exact match: \d/m);
  });
});

function node(...args: string[]): string {
  return execFileSync(process.execPath, args, {
    cwd: consumer,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

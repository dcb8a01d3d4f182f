import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  circles,
  compareImports,
  readImports,
  sourceFiles,
  type ImportGraph,
} from '../../scripts/lib/importGraph.js';

const contents = {
  'src/index.ts': "export { c } from './high/c.js';",
  'src/low/a.ts': "import type { B } from './b.js';\nimport { tensor } from '@tensorflow/tfjs-core';",
  'src/low/b.ts': "type C = import('../high/c.js').C;\nexport interface B {}",
  'src/high/c.ts': "import { a } from '../low/a.js';\nconst d = await import('./d.mjs');",
  'src/high/d.mjs': '// nothing',
};
let root = '';
let graph: ImportGraph;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'import-graph-'));
  for (const [file, text] of Object.entries(contents)) {
    mkdirSync(join(root, dirname(file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  graph = readImports(root, sourceFiles(root, ['src']));
});
afterAll(() => {
  rmSync(root, { recursive: true });
});

describe('readImports', () => {
  it('counts types, type queries, re-exports and dynamic imports', () => {
    expect(Object.fromEntries([...graph].map(([file, targets]) => [file, [...targets]]))).toEqual({
      'src/index.ts': ['src/high/c.ts'],
      'src/low/a.ts': ['src/low/b.ts'],
      'src/low/b.ts': ['src/high/c.ts'],
      'src/high/c.ts': ['src/low/a.ts', 'src/high/d.mjs'],
      'src/high/d.mjs': [],
    });
  });
});

describe('circles', () => {
  it('names one circle of every group', () => {
    expect(circles(graph)).toEqual([['src/high/c.ts', 'src/low/a.ts', 'src/low/b.ts', 'src/high/c.ts']]);
  });

  it('finds a file that imports itself, and nothing where imports go one way', () => {
    const links = { a: ['a'], b: ['c', 'd'], c: ['d'], d: [], e: ['b', 'f'], f: ['e'] };
    const other = new Map(Object.entries(links).map(([file, targets]) => [file, new Set<string>(targets)]));
    expect(circles(other)).toEqual([
      ['a', 'a'],
      ['e', 'f', 'e'],
    ]);
  });
});

describe('compareImports', () => {
  it('finds what is not allowed', () => {
    expect(compareImports(graph, { high: ['low'], low: [] })).toEqual([
      'src/low/b.ts may not import src/high/c.ts',
    ]);
  });

  it('and what is allowed in vain', () => {
    expect(compareImports(graph, { high: ['low'], low: ['high', 'lowest'] })).toEqual([
      'src/low may import src/lowest, but no file of it does',
    ]);
  });
});

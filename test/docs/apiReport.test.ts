import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiReport } from '../../scripts/lib/apiReport.mjs';

const SOURCES = {
  'index.ts': `
    export { Thing, read, limit, type Options } from './thing.js';
    export { secret } from './secret.js';
    export type { Size as ThingSize } from './size.js';`,
  'other.ts': `export { measure } from './measure.js';`,
  'thing.ts': `
    import type { Size } from './size.js';
    import type { Base } from './base.js';
    export class Thing implements Base {
      readonly #hidden: number = 1;
      private readonly own: string = '';
      protected inherited(): void {}
      /** Its size. */
      readonly size: Size = 1;
      private constructor() {}
      grow(by: number = 1): void {}
      /** @internal */
      shrink(): void {}
    }
    export interface Options { readonly base?: 'a' | 'b' }
    export function read(text: string): Thing;
    export function read(text: string, options: Options): Thing | null;
    export function read(text: string, options?: Options): Thing | null { return null; }
    export const limit: number = 3;`,
  'base.ts': `
    type Way = 'up' | 'down';
    export interface Base { grow(by?: number): void; way?: Way }`,
  'measure.ts': `
    import type { Size } from './size.js';
    export function measure(): Size { return 1; }`,
  'secret.ts': `
    /** @internal */
    export function secret(): void {}`,
  'size.ts': 'export type Size = number;',
};

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'api-report-'));
  for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(folder, name), text);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('apiReport', () => {
  const report = () => apiReport({ main: join(folder, 'index.ts'), other: join(folder, 'other.ts') });
  const plain = (text = ''): string => text.replaceAll(/\s+/g, ' ');

  it('lists each exported name once, sorted, and nothing that is internal', () => {
    const { main } = report();
    expect(main.exported.map(({ name }) => name)).toEqual(['Options', 'Thing', 'ThingSize', 'limit', 'read']);
  });

  it('shows public members alone, and that nobody else can construct', () => {
    const thing = report().main.exported.find(({ name }) => name === 'Thing');
    expect(plain(thing?.text)).toBe(
      'export class Thing implements Base { readonly size: Size; private constructor(); grow(by?: number): void; }',
    );
  });

  it('shows all overloads, and not the implementation', () => {
    const read = report().main.exported.find(({ name }) => name === 'read');
    expect(read?.text.split('\n')).toEqual([
      'export function read(text: string): Thing;',
      'export function read(text: string, options: Options): Thing | null;',
    ]);
  });

  it('adds what is named but not exported, by any entry point', () => {
    const { main, other } = report();
    expect(main.hidden.map(({ name, text }) => [name, plain(text)])).toEqual([
      ['Base', 'export interface Base { grow(by?: number): void; way?: Way; }'],
      ['Way', "type Way = 'up' | 'down';"],
    ]);
    expect(other.hidden).toEqual([]); // the main entry point exports Size
  });

  it('refuses an entry point that declares something', () => {
    writeFileSync(join(folder, 'wrong.ts'), 'export const a: number = 1;');
    expect(() => apiReport({ wrong: join(folder, 'wrong.ts') })).toThrow('named re-exports and nothing else');
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as library from '../src/index.js';
import * as layers from '../src/layers/index.js';
import { CELLS } from '../src/ops/recurrent/cells.js';

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** All tests of a folder as one text. */
function testsOf(folder: string): string {
  const files = readdirSync(new URL(folder, import.meta.url), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts'));
  return sources.map((file) => read(`test/${folder}/${file}`)).join('\n');
}

/** The functions that the package exports from the files of one folder of `src`. */
function exportsOf(folder: string): string[] {
  const lists = read('src/index.ts').matchAll(
    new RegExp(`\\{([^}]*)\\} from '\\./${folder}/\\w+\\.js'`, 'g'),
  );
  const names = [...lists].flatMap(([, list = '']) => list.split(',').map((name) => name.trim()));
  return names.filter((name) => name in library);
}

/** The options of a search, which it lists where it is given one that there is not. */
function optionsOf(search: (options: never) => unknown): string[] {
  try {
    search({ '': 1 } as never);
    return [];
  } catch (error) {
    return (/among (.*) but/.exec((error as Error).message)?.[1] ?? '').split(', ');
  }
}

const { beam, greedy, sample } = library;
const options = new Set([greedy, beam, sample].flatMap((search) => optionsOf(search)));
const isAttention = (name: string): boolean => name.endsWith('Attention');
const schedules = exportsOf('training/teacherForcing').filter((name) => name !== 'decideForcing');
const works = 'docs/how-seq2seq-works.md';

/**
 * What there are several of, and the guide that names each of them. Cells and processors are tested by the
 * names of options; elsewhere the folder of tests must name each, too.
 */
const concepts: [string, readonly string[], guide: string, tests?: string][] = [
  ['attention', exportsOf('attention').filter(isAttention), works, 'attention'],
  ['cell', Object.keys(CELLS).map((cell) => `'${cell}'`), works],
  [
    'layer',
    Object.keys(layers).filter((name) => name !== 'registerLayers'),
    'docs/custom-blocks.md',
    'layers',
  ],
  ['logits processor', exportsOf('decoding/processors'), 'docs/generation.md'],
  ['option of a search', [...options], 'docs/generation.md', 'decoding'],
  ['metric', exportsOf('metrics'), works, 'metrics'],
  ['optimizer', exportsOf('training/optimizers'), works, 'training'],
  ['schedule', schedules, works, 'training'],
  ['tokenizer', exportsOf('data/tokenizers'), 'docs/data-and-tokenizers.md', 'data/tokenizers'],
];

test.each(concepts)(
  'every %s of the package stands in its guide, and is tested',
  (_, names, guide, tests) => {
    const missingIn = (text: string): string[] =>
      names.filter((name) => !new RegExp(`(?<![\\w.])${name}(?!\\w)`).test(text));
    expect(names.length).toBeGreaterThan(1);
    expect(missingIn(read(guide)), `not in ${guide}`).toEqual([]);
    if (tests !== undefined) expect(missingIn(testsOf(tests)), `not in test/${tests}`).toEqual([]);
  },
);

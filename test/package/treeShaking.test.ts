import { gzipSync } from 'node:zlib';
import { build, type Plugin } from 'esbuild';
import { describe, expect, inject, it } from 'vitest';

const consumer = inject('consumer');

interface Budget {
  /** What a user imports. */
  readonly name: string;
  /** Names out of the main entry point that the program keeps, or `*` for all. */
  readonly uses: readonly string[] | '*';
  /** Kilobytes (1,000 bytes), minified and gzipped, without tfjs. */
  readonly limit: number;
  /** Packages of tfjs that may be needed; the rest must not be. */
  readonly needs: readonly string[];
}

const core = '@tensorflow/tfjs-core';

const gruModel = [
  'seq2seq',
  'recurrentEncoder',
  'recurrentDecoder',
  'bahdanauAttention',
  'beam',
  'Vocab',
  'wordTokenizer',
];

/** What is held today, and a little room; decision 006 tells where the goal is lower. */
const budgets: readonly Budget[] = [
  { name: 'a vocabulary', uses: ['Vocab'], limit: 1.55, needs: [] },
  { name: 'beam search', uses: ['beamSearch'], limit: 8.2, needs: [core] },
  { name: 'BLEU', uses: ['corpusBleu'], limit: 2.45, needs: [] },
  {
    name: 'tokenizers',
    uses: ['wordTokenizer', 'charTokenizer', 'whitespaceTokenizer'],
    limit: 1.65,
    needs: [],
  },
  {
    name: 'data, decoding and metrics',
    uses: ['Vocab', 'wordTokenizer', 'collate', 'batches', 'greedySearch', 'corpusBleu'],
    limit: 13.6,
    needs: [core],
  },
  {
    name: 'a GRU model with attention and beam search',
    uses: gruModel,
    limit: 39,
    needs: [core, '#gradients', '#io'],
  },
  { name: 'everything', uses: '*', limit: 60.6, needs: [core, '#gradients', '#io'] },
];

const withoutTfjs: Plugin = {
  name: 'without-tfjs',
  setup({ onResolve }) {
    onResolve({ filter: /^(@tensorflow\/|#gradients$|#io$)/ }, ({ path }) => ({
      path,
      external: true,
      sideEffects: false,
    }));
  },
};

describe('what a bundle keeps', () => {
  for (const { name, uses, limit, needs } of budgets) {
    it(`${name}: at most ${limit} kB`, async () => {
      const { kilobytes, packages, largest } = await bundle(keep(uses), [withoutTfjs]);
      if (kilobytes > limit)
        expect.fail(`${kilobytes.toFixed(2)} kB, most of it (unzipped bytes):\n${largest}`);
      expect(packages.filter((needed) => !needs.includes(needed))).toEqual([]);
    });
  }

  // What a page downloads in all. The limit is what was measured, and a little room.
  it('a GRU model, tfjs-core with its gradients and the WebGL backend: at most 182 kB', async () => {
    const { kilobytes, packages, largest } = await bundle(
      `${keep(gruModel)} import '@tensorflow/tfjs-backend-webgl';`,
      [],
    );
    if (kilobytes > 182) expect.fail(`${kilobytes.toFixed(2)} kB, most of it (unzipped bytes):\n${largest}`);
    expect(packages).toEqual([]);
  });

  it('of one layer for tfjs-layers, nothing of the others', async () => {
    const { modules } = await bundle(
      `import { LuongAttention } from 'tfjs-seq2seq/layers'; globalThis.kept = LuongAttention;`,
      [withoutTfjs],
    );
    expect(modules.filter((path) => /^(attention|layers)\//.test(path)).sort()).toEqual([
      'attention/luongAttention.js',
      'attention/scoredAttention.js',
      'layers/attentionLayer.js',
      'layers/luongAttention.js',
      'layers/seq2seqLayer.js',
    ]);
  });

  it('fails where a row names what the package does not export', async () => {
    await expect(bundle(keep(['noSuchExport']), [withoutTfjs])).rejects.toThrow(/No matching export/);
  });

  it('nothing of an import that is not used', async () => {
    const { text } = await bundle(`import 'tfjs-seq2seq'; import * as all from 'tfjs-seq2seq';`, [
      withoutTfjs,
    ]);
    expect(text.trim()).toBe('');
  });
});

/** A program that uses names and so keeps them, or hands on all there is. */
function keep(uses: readonly string[] | '*'): string {
  return uses === '*'
    ? `export * from 'tfjs-seq2seq';`
    : `import { ${uses.join(', ')} } from 'tfjs-seq2seq'; globalThis.kept = [${uses.join(', ')}];`;
}

interface Bundle {
  readonly text: string;
  readonly kilobytes: number;
  /** What it imports. */
  readonly packages: string[];
  /** The modules of which something is kept, largest first. */
  readonly modules: string[];
  /** The modules that take most of it, as text. */
  readonly largest: string;
}

/** Bundles for browsers. */
async function bundle(code: string, plugins: Plugin[]): Promise<Bundle> {
  const packages = new Set<string>();
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: consumer },
    absWorkingDir: consumer,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    metafile: true,
    plugins,
    logLevel: 'silent',
  });
  for (const output of Object.values(metafile.outputs)) {
    for (const { path, external } of output.imports) if (external === true) packages.add(path);
  }
  const text = outputFiles.map((file) => file.text).join('');
  const kept = Object.values(metafile.outputs)
    .flatMap(({ inputs }) => Object.entries(inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput)
    .map(([path, { bytesInOutput }]) => ({ path: path.replace(/^.*\/dist\//, ''), bytesInOutput }));
  const modules = kept.map(({ path }) => path);
  const largest = kept
    .slice(0, 10)
    .map(({ path, bytesInOutput }) => `${bytesInOutput} ${path}`)
    .join('\n');
  return {
    text,
    kilobytes: gzipSync(text, { level: 9 }).length / 1000,
    packages: [...packages],
    modules,
    largest,
  };
}

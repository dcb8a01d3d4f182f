import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import commonjsPlugin from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build as esbuild } from 'esbuild';
import { rollup } from 'rollup';
import { build as vite } from 'vite';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { readmeExampleAsJavaScript } from './readmeExample.js';

const consumer = inject('consumer');
const entry = join(consumer, 'bundle-me.js');
// Its declarations are those of CommonJS, its code is a module.
const commonjs = commonjsPlugin as unknown as (typeof commonjsPlugin)['default'];

const { peerDependenciesMeta } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  peerDependenciesMeta: Record<string, { optional: boolean }>;
};
const optionalPeers = Object.keys(peerDependenciesMeta);

beforeAll(() => {
  writeFileSync(entry, readmeExampleAsJavaScript());
});

/** Every bundler must find one tfjs-core, and the gradients that Node gets from tfjs-layers. */
function expectWholeBundle(modules: readonly string[]): void {
  const paths = modules.map((path) => path.replaceAll('\\', '/'));
  const cores = paths.flatMap((path) => /^.*\/@tensorflow\/tfjs-core\//.exec(path)?.[0] ?? []);
  expect(new Set(cores).size).toBe(1);
  expect(paths.some((path) => path.includes('/tfjs-seq2seq/dist/'))).toBe(true);
  expect(paths.some((path) => path.endsWith('/register_all_gradients.js'))).toBe(true);
  expect(paths.filter((path) => path.includes('/@tensorflow/tfjs-layers/'))).toEqual([]);
}

describe('the README example in a bundle for browsers', () => {
  it('builds with esbuild', async () => {
    const { metafile, warnings } = await esbuild({
      entryPoints: [entry],
      outdir: join(consumer, 'out-esbuild'),
      absWorkingDir: consumer,
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      minify: true,
      metafile: true,
      logLevel: 'silent',
    });
    expect(warnings.map(({ text }) => text)).toEqual([]);
    const kept = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [`/${path}`] : [])),
    );
    expectWholeBundle(kept);
  });

  it('builds with rollup', async () => {
    const warnings: string[] = [];
    const bundle = await rollup({
      input: entry,
      plugins: [nodeResolve({ browser: true }), commonjs()],
      // Cycles and `this` at top level are tfjs's own. Peers that are not installed stay imports, inside a
      // `try`.
      onwarn: ({ code = '', message, exporter = '' }) => {
        const known =
          ['CIRCULAR_DEPENDENCY', 'THIS_IS_UNDEFINED'].includes(code) || optionalPeers.includes(exporter);
        if (!known) warnings.push(message);
      },
    });
    const { output } = await bundle.write({ dir: join(consumer, 'out-rollup'), format: 'esm' });
    await bundle.close();
    expect(warnings).toEqual([]);
    expectWholeBundle(output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : [])));
  });

  it('builds with Vite', async () => {
    const page = join(consumer, 'page');
    mkdirSync(page, { recursive: true });
    writeFileSync(join(page, 'index.html'), '<!doctype html><script type="module" src="/main.js"></script>');
    writeFileSync(join(page, 'main.js'), readmeExampleAsJavaScript());
    const modules: string[] = [];
    await vite({
      root: page,
      configFile: false,
      logLevel: 'error',
      build: { outDir: 'out', target: 'es2022', reportCompressedSize: false },
      plugins: [
        {
          name: 'list-modules',
          generateBundle(_, bundle) {
            for (const chunk of Object.values(bundle))
              if (chunk.type === 'chunk') modules.push(...chunk.moduleIds);
          },
        },
      ],
    });
    expectWholeBundle(modules);
    const scripts = readdirSync(join(page, 'out', 'assets')).filter((file) => file.endsWith('.js'));
    expect(
      scripts.map((file) => readFileSync(join(page, 'out', 'assets', file), 'utf8')).join(''),
    ).not.toContain("from 'tfjs-seq2seq");
  });
});

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createFileServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { chromium, type Browser } from 'playwright';
import { build as vite, createServer } from 'vite';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { chromiumArguments, chromiumPath } from '../support/chromium.js';

const consumer = inject('consumer');
const folder = join(consumer, 'pages');
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};
/** A page that starts the backend of its query, calculates, and says what came of it. */
const main = `
import { io, matMul, tensor2d } from '@tensorflow/tfjs-core';
import { loadSeq2Seq } from 'tfjs-seq2seq';
import { useBackend } from 'tfjs-seq2seq/backend';
const query = new URLSearchParams(location.search);
const options = query.has('paths') ? { wasmPaths: query.get('paths') } : {};
globalThis.handlers = [io.getSaveHandlers('downloads://x'), io.getLoadHandlers('https://x/model.json')];
globalThis.uses = loadSeq2Seq;
useBackend(query.get('backend'), options)
  .then(async (name) => name + ' ' + (await matMul(tensor2d([[1, 2]]), tensor2d([[3, 4]]), false, true).data()))
  .catch((error) => error.code + ': ' + error.message)
  .then((result) => (globalThis.result = result));
`;
const html =
  '<!doctype html><link rel="icon" href="data:," /><script type="module" src="./main.js"></script>';

let browser: Browser;
beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.html'), html);
  writeFileSync(join(folder, 'main.js'), main);
  browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumArguments] });
});
afterAll(() => browser.close());

/** A text that the code of each of tfjs's backends has, and nothing else. */
const markers = {
  wasm: 'WASM_HAS_SIMD_SUPPORT',
  webgl: 'WEBGL_MAX_TEXTURES_IN_SHADER',
  webgpu: 'WEBGPU_CPU_FORWARD',
} as const;

interface Visit {
  /** What the page says. */
  readonly result: string;
  readonly isolated: boolean;
  /** The backends whose code was loaded. */
  readonly backends: string[];
  /** The WebAssembly binaries that were loaded. */
  readonly binaries: string[];
  /** Handlers of tfjs for saving as a download, and for loading from a server. */
  readonly handlers: number[];
}

async function visit(address: string): Promise<Visit> {
  const page = await browser.newPage();
  const scripts: Promise<string>[] = [];
  const binaries: string[] = [];
  page.on('response', (response) => {
    const { pathname } = new URL(response.url());
    if (response.ok() && pathname.endsWith('.wasm')) binaries.push(basename(pathname));
    if (response.ok() && pathname.endsWith('.js')) scripts.push(response.text());
  });
  await page.goto(address);
  await page.waitForFunction('globalThis.result', undefined, { timeout: 100_000 });
  const [result, isolated, handlers] = await page.evaluate<[string, boolean, number[]]>(
    '[result, crossOriginIsolated, handlers.map(({ length }) => length)]',
  );
  const code = (await Promise.all(scripts)).join('');
  await page.close();
  const backends = Object.entries(markers).flatMap(([name, text]) => (code.includes(text) ? [name] : []));
  return { result, isolated, backends, binaries, handlers };
}

/** Serves files as they are. */
async function serve(root: string, headers: Record<string, string>, use: (address: string) => Promise<void>) {
  const types: Record<string, string> = {
    '.html': 'text/html',
    '.js': 'text/javascript',
    '.wasm': 'application/wasm',
  };
  const server = createFileServer(({ url = '/' }, response) => {
    const { pathname } = new URL(url, 'http://localhost');
    const file = join(root, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    try {
      const content = readFileSync(file);
      response
        .writeHead(200, { 'Content-Type': types[extname(file)] ?? 'text/plain', ...headers })
        .end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
  }
}

describe('a page of the installed package finds the binaries of the wasm backend', () => {
  test.each([
    ['a plain page', {}, 'tfjs-backend-wasm-simd.wasm'],
    ['an isolated page', isolation, 'tfjs-backend-wasm-threaded-simd.wasm'],
  ])("under Vite's development server, %s", async (_, headers, binary) => {
    const server = await createServer({
      root: folder,
      configFile: false,
      logLevel: 'error',
      server: { host: '127.0.0.1', port: 0, headers },
    });
    try {
      await server.listen();
      const found = await visit(`${server.resolvedUrls?.local[0] ?? ''}?backend=wasm`);
      expect(found).toMatchObject({ result: 'wasm 11', binaries: [binary], handlers: [1, 1] });
    } finally {
      await server.close();
    }
  });

  test('built by Vite, minified, isolated or not; and loads no backend that is not chosen', async () => {
    const outDir = join(folder, 'out-vite');
    const options = { outDir, target: 'es2022', reportCompressedSize: false };
    await vite({ root: folder, base: './', configFile: false, logLevel: 'error', build: options });
    for (const headers of [{}, isolation]) {
      await serve(outDir, headers, async (address) => {
        expect(await visit(`${address}?backend=wasm`)).toEqual({
          result: 'wasm 11',
          isolated: headers === isolation,
          backends: ['wasm'],
          binaries: [expect.stringMatching(/^tfjs-backend-wasm-simd-.*\.wasm$/)],
          handlers: [1, 1],
        });
        const other = await visit(`${address}?backend=cpu`);
        expect(other).toMatchObject({ result: 'cpu 11', backends: [], binaries: [] });
      });
    }
  });

  test('bundled by esbuild, with one line that says where they are; without it, the error says so', async () => {
    const outdir = join(folder, 'out-esbuild');
    await esbuild({
      entryPoints: [join(folder, 'main.js')],
      outdir,
      absWorkingDir: consumer,
      bundle: true,
      splitting: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      logLevel: 'silent',
    });
    writeFileSync(join(outdir, 'index.html'), html);
    const binaries = join(consumer, 'node_modules/@tensorflow/tfjs-backend-wasm/dist');
    mkdirSync(join(outdir, 'wasm'), { recursive: true });
    for (const file of readdirSync(binaries).filter((name) => name.endsWith('.wasm'))) {
      copyFileSync(join(binaries, file), join(outdir, 'wasm', file));
    }
    await serve(outdir, isolation, async (address) => {
      expect(await visit(`${address}?backend=wasm&paths=wasm/`)).toMatchObject({ result: 'wasm 11' });
      const { result } = await visit(`${address}?backend=wasm`);
      expect(result).toMatch(/^backend-unavailable: .*useBackend\(name, \{ wasmPaths \}\)/);
    });
  });
});

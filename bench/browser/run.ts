// npm run bench:browser [-- --only PART] [-- --threads N]
//
// Matrix products in a cross-origin isolated page. There tfjs's own kernel uses threads. This library's
// kernel does not, and leaves to tfjs what is faster with threads. PART picks the products whose name has it,
// such as `512x512x512`. N is how many threads tfjs gets; by default it takes half the cores, 4 at most.
import { parseArgs } from 'node:util';
import { chromium } from 'playwright';
import { createServer } from 'vite';
import { chromiumArguments, chromiumPath } from '../../test/support/chromium.js';
import { formatResult } from '../formatResult.js';
import type { BenchResult } from '../workload.js';

const { values } = parseArgs({ options: { only: { type: 'string' }, threads: { type: 'string' } } });
const query = new URLSearchParams(values).toString();

const server = await createServer({
  configFile: false,
  logLevel: 'error',
  server: {
    host: '127.0.0.1',
    headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
  },
  optimizeDeps: { include: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-wasm'] },
});
await server.listen();
const browser = await chromium.launch({ executablePath: chromiumPath(), args: [...chromiumArguments] });
try {
  const page = await browser.newPage();
  page.on('pageerror', (error) => console.error(error));
  page.on('console', (message) => console.log(message.text()));
  await page.exposeFunction('report', (result: BenchResult) => console.log(formatResult(result)));
  await page.goto(`${server.resolvedUrls?.local[0] ?? ''}bench/browser/index.html?${query}`);
  await page.waitForFunction('globalThis.finished', undefined, { timeout: 0 });
} finally {
  await browser.close();
  await server.close();
}

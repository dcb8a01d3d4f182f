import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright';
import { build, preview } from 'vite';
import { chromiumArguments, chromiumPath } from '../support/chromium.js';

/** A built page on a server of this machine, and a browser that can reach nothing else. */
export interface Site {
  readonly address: string;
  readonly browser: Browser;
  /** Opens the page in a tab of one profile; tabs share what they save. */
  visit(query: string): Promise<Visit>;
  close(): Promise<void>;
}

/** One tab, and all that went wrong in it. */
export interface Visit {
  readonly page: Page;
  /** Messages on the console, uncaught errors, failed requests and requests to elsewhere. */
  readonly complaints: readonly string[];
}

const root = 'examples/web';
const outDir = join(process.cwd(), '.build', 'web');

/** One backend must be missing, to see what the page says then. */
const withoutWebgpu = chromiumArguments.filter((argument) => !argument.includes('webgpu'));

/** Builds the example page as its README says, and serves it. */
export async function openSite(): Promise<Site> {
  await build({ root, logLevel: 'error', build: { outDir, emptyOutDir: true, reportCompressedSize: false } });
  const server = await preview({
    root,
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  const address = server.resolvedUrls?.local[0] ?? '';
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [...withoutWebgpu, '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
  const profile = await browser.newContext({ viewport: { width: 1100, height: 900 } });
  return {
    address,
    browser,
    async visit(query) {
      const page = await profile.newPage();
      const complaints = listen(page, address);
      await page.goto(`${address}?${query}`);
      return { page, complaints };
    },
    async close() {
      await browser.close();
      await server.close();
    },
  };
}

function listen(page: Page, address: string): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  page.on('response', (response) => {
    if (!response.ok()) complaints.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(address))
      complaints.push(`elsewhere: ${request.url()}`);
  });
  return complaints;
}

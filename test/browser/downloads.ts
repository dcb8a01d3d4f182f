import { readFile } from 'node:fs/promises';
import type { BrowserCommand } from 'vitest/node';
import type { Download, Page } from 'playwright';

/** A file that the page gave to its visitor. */
export interface DownloadedFile {
  readonly name: string;
  readonly base64: string;
}

declare module 'vitest/browser' {
  interface BrowserCommands {
    /** Starts to collect what the page downloads. */
    collectDownloads(): Promise<void>;
    /** Waits until so many files have come. */
    takeDownloads(count: number): Promise<DownloadedFile[]>;
  }
}

interface Collection {
  readonly downloads: Download[];
  readonly listen: (download: Download) => void;
}

const collections = new Map<Page, Collection>();

export const collectDownloads: BrowserCommand = ({ page }) => {
  const downloads: Download[] = [];
  const listen = (download: Download): void => void downloads.push(download);
  collections.set(page, { downloads, listen });
  page.on('download', listen);
};

export const takeDownloads: BrowserCommand<[count: number]> = async ({ page }, count) => {
  const { downloads, listen } = collections.get(page) as Collection;
  while (downloads.length < count) await page.waitForEvent('download');
  page.off('download', listen);
  collections.delete(page);
  return Promise.all(
    downloads.map(async (download): Promise<DownloadedFile> => {
      const content = await readFile(await download.path());
      return { name: download.suggestedFilename(), base64: content.toString('base64') };
    }),
  );
};

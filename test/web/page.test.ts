import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { responsivenessDuring } from './responsiveness.js';
import { openSite, type Site } from './visitor.js';

const screenshots = join('.build', 'screenshots');
const SENTENCE = "My sister doesn't like the apples.";
let site: Site;

beforeAll(async () => {
  mkdirSync(screenshots, { recursive: true });
  site = await openSite();
});
afterAll(() => site.close());

const button = (page: Page, name: string): Locator => page.getByRole('button', { name, exact: true });
const status = (page: Page): Locator => page.getByRole('status');
const choices = (page: Page): Locator => page.getByRole('radio');
const map = (page: Page): Locator => page.getByRole('img', { name: 'Attention' });

/** Waits until a line says something. */
async function says(line: Locator, text: RegExp): Promise<void> {
  await line.filter({ hasText: text }).waitFor({ timeout: 100_000 });
}

/** Types a sentence as a person would. */
async function type(page: Page, sentence: string): Promise<void> {
  const input = page.getByRole('textbox', { name: 'English' });
  await input.fill('');
  await input.pressSequentially(sentence);
  await input.press('Enter');
}

/**
 * Types a first sentence, and waits for its translations. A model that learnt next to nothing may write none,
 * and look nowhere.
 */
async function translate(page: Page, sentence: string): Promise<string[]> {
  await type(page, sentence);
  await choices(page).first().waitFor({ timeout: 100_000 });
  return page.getByRole('group', { name: 'The best translations' }).locator('label').allInnerTexts();
}

async function screenshot(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const width of [1100, 400]) {
      await page.setViewportSize({ width, height: 900 });
      await page.screenshot({
        path: join(screenshots, `${name}-${colorScheme}-${width}.png`),
        fullPage: true,
      });
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
    }
  }
}

/** How strongly each English word is coloured. */
function weights(page: Page): Promise<number[]> {
  return page
    .locator('#attention span[data-source]')
    .evaluateAll((words) =>
      words.map((word) => Number((word as HTMLElement).style.getPropertyValue('--weight'))),
    );
}

describe('on WebAssembly', () => {
  const query = 'backend=wasm&pairs=3000&epochs=3';
  let learnt: readonly string[] = [];

  it('trains while the tab stays responsive, and translates what is typed', async () => {
    const { page, complaints } = await site.visit(query);
    await says(status(page), /calculates with wasm/);
    expect(await button(page, 'Translate').isDisabled()).toBe(true);
    await screenshot(page, 'start');

    const { longest, late } = await responsivenessDuring(page, async () => {
      await button(page, 'Train').click();
      await page.getByRole('img', { name: 'Loss' }).waitFor();
      await page.getByRole('row').nth(6).waitFor();
      await says(status(page), /never seen/);
    });
    expect(longest).toBeLessThan(500);
    expect(late).toBeLessThan(0.15);
    expect(await page.getByRole('progressbar').getAttribute('value')).toBe('1');
    const losses = await page.locator('#loss desc').textContent();
    const [, first, last] = /from (\S+) at 1 to (\S+) at \d+/.exec(losses ?? '') ?? [];
    expect(Number(last)).toBeLessThan(0.3 * Number(first));

    learnt = await translate(page, SENTENCE);
    expect(learnt).toHaveLength(4);
    const scores = learnt.map((text) => Number(/score (-\d+\.\d\d)/.exec(text)?.[1]));
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(await page.locator('#stream').innerText()).toMatch(/^ma sœur n\S+ /);
    expect(await page.locator('#stream .token').first().getAttribute('title')).toMatch(/^\d+ % sure$/);

    await choices(page).nth(2).check();
    const words = (learnt[2] ?? '').split('\n')[0]?.split(' ') ?? [];
    const french = page.locator('#attention button');
    expect(await french.allInnerTexts()).toEqual(words);
    const english = ['<sos>', 'my', 'sister', "doesn't", 'like', 'the', 'apples', '.', '<eos>'];
    expect(await page.locator('#attention span[data-source]').allInnerTexts()).toEqual(english);
    expect(await map(page).locator('g[data-target] rect').count()).toBe(words.length * english.length);

    expect(await weights(page)).toEqual(english.map(() => 0));
    await french.nth(1).hover(); // sœur
    const row = await weights(page);
    expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 2);
    expect(Math.max(...row)).toBe(row[2]);
    await map(page).locator('g[data-target="0"] rect[data-source="1"]').hover();
    expect(await weights(page)).not.toEqual(row);
    expect(await map(page).locator('g.active').getAttribute('data-target')).toBe('0');
    await page.getByRole('heading', { level: 1 }).hover();
    expect(await weights(page)).toEqual(english.map(() => 0));
    await french.nth(1).focus();
    expect(await weights(page)).toEqual(row);
    await screenshot(page, 'translated');

    await button(page, 'Save in this browser').click();
    await says(status(page), /Saved/);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('loads what was saved, and says the same', async () => {
    const { page, complaints } = await site.visit(query);
    await button(page, 'Load').click();
    await says(status(page), /Loaded/);
    expect(await translate(page, SENTENCE)).toEqual(learnt);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('takes what is typed as text, never as markup', async () => {
    const { page, complaints } = await site.visit(query);
    await button(page, 'Load').click();
    await says(status(page), /Loaded/);
    await translate(page, `the <img src=x onerror="document.title='owned'"> apple`);
    expect(await page.locator('#attention span[data-source]').allInnerTexts()).toContain('img');
    expect(await page.locator('#attention .unknown').first().getAttribute('title')).toMatch(/phrasebook/);
    expect(await page.locator('img, script:not([src])').count()).toBe(0);
    expect(await page.title()).not.toBe('owned');
    expect(complaints).toEqual([]);
    await page.close();
  });

  it('stops when asked, and goes on with what was learnt so far', async () => {
    const { page, complaints } = await site.visit('backend=wasm&pairs=12000&epochs=50');
    await button(page, 'Train').click();
    await page.getByRole('img', { name: 'Loss' }).waitFor();
    await button(page, 'Stop').click();
    await says(status(page), /^Stopped/);
    expect(Number(await page.getByRole('progressbar').getAttribute('value'))).toBeLessThan(0.1);
    expect(await translate(page, SENTENCE)).toHaveLength(4);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('on WebGL', () => {
  it('translates with what WebAssembly learnt, trains and stops', async () => {
    const { page, complaints } = await site.visit('backend=webgl&pairs=500&epochs=9');
    await button(page, 'Load').click();
    await says(status(page), /Loaded/);
    await type(page, SENTENCE);
    await page.locator('#stream .token').first().waitFor();
    expect(await choices(page).count()).toBe(0); // words come while the search goes on
    await map(page).waitFor({ timeout: 100_000 });
    expect(await page.locator('#stream').innerText()).toMatch(/^ma sœur n\S+ /);
    await page.locator('#attention button').nth(1).hover();
    const row = await weights(page);
    expect(Math.max(...row)).toBe(row[2]);

    const { longest, late } = await responsivenessDuring(page, async () => {
      await button(page, 'Train').click();
      await says(page.locator('#speed'), /Update [2-9]/);
      await button(page, 'Stop').click();
      await says(status(page), /^Stopped/);
    });
    expect(longest).toBeLessThan(500);
    expect(late).toBeLessThan(0.15);
    await screenshot(page, 'webgl');
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('says in words', () => {
  it('that a backend is missing, and starts another', async () => {
    const { page } = await site.visit('backend=webgpu&pairs=700');
    await says(page.getByRole('alert'), /webgpu/);
    expect(await button(page, 'Train').isDisabled()).toBe(true);
    await page.getByRole('combobox').selectOption('cpu');
    await says(status(page), /calculates with cpu/);
    expect(page.url()).toMatch(/backend=cpu&pairs=700$/);
    await page.close();
  });

  it('that the GPU is gone', async () => {
    const { page } = await site.visit('backend=webgl&pairs=500');
    await says(status(page), /calculates with webgl/);
    const session = await site.browser.newBrowserCDPSession();
    void session.send('Browser.crashGpuProcess'); // which never answers
    await button(page, 'Train').click();
    await says(page.getByRole('alert'), /WebGL context was lost/);
    expect(await button(page, 'Train').isDisabled()).toBe(true);
    await page.close();
  });
});

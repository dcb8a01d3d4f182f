import { build } from 'esbuild';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random.js';
import { fileSystemHandler } from '../../src/node/fileSystemHandler.js';
import { artifactsOf, stateOf } from './savedStates.js';
import type { SaveReport } from './savingChild.js';

// KILLS=60 in the environment kills more often.
const KILLS = Number(process.env['KILLS'] ?? 12);

let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'processes-'));
  await build({
    entryPoints: [fileURLToPath(new URL('savingChild.ts', import.meta.url))],
    outfile: join(root, 'child.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'model-'));
});
afterAll(() => rm(root, { recursive: true }));

/** Starts a process that saves the numbers from `first` to `last` to the folder. */
function startSaving(first: number, last: number): { child: ChildProcess; reports: SaveReport[] } {
  const reports: SaveReport[] = [];
  const child = fork(join(root, 'child.mjs'), [folder, String(first), String(last)], { execArgv: [] });
  child.on('message', (report) => reports.push(report as SaveReport));
  return { child, reports };
}

it(
  `leaves a folder that loads when it is killed, ${KILLS} times`,
  { timeout: 10_000 + KILLS * 5000 },
  async () => {
    const handler = fileSystemHandler(folder);
    await handler.save(artifactsOf(0));
    const random = createRandom(7);
    let saved = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const { child, reports } = startSaving(saved + 1, saved + 10_000);
      const ended = once(child, 'exit');
      await Promise.race([once(child, 'message'), ended]);
      expect(child.exitCode).toBe(null);
      await new Promise((resolve) => setTimeout(resolve, 30 * random.next()));
      child.kill('SIGKILL');
      await ended;
      expect(reports.filter(({ code }) => code !== null)).toEqual([]);
      const state = stateOf(await handler.load());
      // A save that was killed after its rename is there, but nobody was told.
      expect(state).toBeGreaterThanOrEqual(reports.at(-1)!.state);
      saved = state;
    }
    await handler.save(artifactsOf(-1));
    expect(await readdir(folder)).toHaveLength(2);
  },
);

it('lets two processes save at once: it always loads, and the loser is told', async () => {
  const handler = fileSystemHandler(folder);
  await handler.save(artifactsOf(0));
  const children = [startSaving(1, 25), startSaving(1001, 1025)];
  let running = children.length;
  for (const { child } of children) child.once('exit', () => running--);
  while (running > 0) stateOf(await handler.load());
  const reports = children.flatMap((child) => child.reports);
  expect(reports).toHaveLength(50);
  const won = reports.filter(({ code }) => code === null).map(({ state }) => state);
  for (const { code } of reports) expect([null, 'save-failed']).toContain(code);
  expect(won).toContain(stateOf(await handler.load()));
  await handler.save(artifactsOf(-1));
  expect(await readdir(folder)).toHaveLength(2);
});

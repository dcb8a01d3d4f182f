import * as fsSync from 'node:fs';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Seq2SeqError } from '../../src/core/errors.js';
import { fileSystemHandler } from '../../src/node/fileSystemHandler.js';
import { saveToFolder } from '../../src/node/saveToFolder.js';
import { artifactsOf, stateOf } from './savedStates.js';

vi.mock(import('node:fs/promises'), { spy: true });
vi.mock(import('node:fs'), { spy: true });
const real = await vi.importActual<typeof fs>('node:fs/promises');
const realSync = await vi.importActual<typeof fsSync>('node:fs');

let root: string;
let folder: string;
beforeEach(async () => {
  root = await real.mkdtemp(join(tmpdir(), 'saves-'));
  folder = join(root, 'model');
});
afterEach(async () => {
  vi.resetAllMocks();
  await real.rm(root, { recursive: true });
});

const loaded = async (): Promise<number> => stateOf(await fileSystemHandler(folder).load());

describe('saves that overlap', () => {
  it('leave the last of 100, and load at every moment', async () => {
    vi.mocked(fs.open).mockImplementation(async (...args) => {
      // Most of the time is spent there.
      return Object.assign(await real.open(...args), { sync: () => Promise.resolve() });
    });
    const handler = fileSystemHandler(folder);
    await handler.save(artifactsOf(0));
    const saves = Array.from({ length: 100 }, (_, i) => handler.save(artifactsOf(i + 1)));
    let running = true;
    const all = Promise.all(saves).finally(() => (running = false));
    let before = 0;
    while (running) {
      const state = await loaded();
      expect(state).toBeGreaterThanOrEqual(before);
      before = state;
    }
    await all;
    expect(await loaded()).toBe(100);
    expect(await real.readdir(folder)).toHaveLength(2);
  });

  it('queue through every path to the folder', async () => {
    await real.mkdir(folder);
    await real.symlink(folder, join(root, 'link'));
    const paths = [folder, join(root, 'link'), relative(process.cwd(), folder), `${folder}/../model/`];
    await Promise.all(paths.flatMap((path, i) => [i, i + 10].map((n) => saveToFolder(path, artifactsOf(n)))));
    expect(await loaded()).toBe(13);
    expect(await real.readdir(folder)).toHaveLength(2);
  });

  it('go on after one that failed', async () => {
    vi.mocked(fs.rename).mockRejectedValueOnce(systemError('ENOSPC'));
    const [first, second] = await Promise.allSettled([1, 2].map((n) => saveToFolder(folder, artifactsOf(n))));
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'save-failed' } });
    expect(second?.status).toBe('fulfilled');
    expect(await loaded()).toBe(2);
  });

  it('of two processes: the first to finish stays, the other is told', async () => {
    await saveToFolder(folder, artifactsOf(1));
    vi.resetModules(); // another copy of the module knows nothing of this queue
    const other = await import('../../src/node/saveToFolder.js');
    vi.mocked(fs.rename).mockImplementationOnce(async (from, to) => {
      await other.saveToFolder(folder, artifactsOf(3));
      await real.rename(from, to);
    });
    await expect(saveToFolder(folder, artifactsOf(2))).rejects.toMatchObject({
      code: 'save-failed',
      message: `fileSystemHandler.save: the model could not be written to ${folder}: another process saved there at the same time, and was first. Give each process a folder of its own.`,
    });
    expect(await loaded()).toBe(3);
    expect(await real.readdir(folder)).toHaveLength(2);
  });

  it('of two processes, with the same weights', async () => {
    await saveToFolder(folder, artifactsOf(1));
    vi.resetModules();
    const other = await import('../../src/node/saveToFolder.js');
    vi.mocked(fs.readdir).mockImplementationOnce(async (path) => {
      const names = await real.readdir(path);
      await other.saveToFolder(folder, artifactsOf(1)); // between looking for old files and removing them
      return names as never;
    });
    await saveToFolder(folder, artifactsOf(2));
    expect(await loaded()).toBe(1);
  });
});

describe('large weights', () => {
  it('are split into files that load as one', async () => {
    const { weightData, ...rest } = artifactsOf(7, 11);
    const whole = weightData as ArrayBuffer;
    const buffers = [whole.slice(0, 9), whole.slice(9, 9), whole.slice(9, 30), whole.slice(30)];
    await saveToFolder(folder, { ...rest, weightData: buffers }, 8);
    expect((await real.readdir(folder)).filter((name) => name.endsWith('.bin'))).toHaveLength(6); // 44 bytes
    const data = (await fileSystemHandler(folder).load()).weightData as ArrayBuffer[];
    expect(Buffer.concat(data.map((part) => new Uint8Array(part)))).toEqual(Buffer.from(whole));
    await saveToFolder(folder, artifactsOf(2));
    expect(await real.readdir(folder)).toHaveLength(2);
  });
});

type Call = () => Promise<unknown>;

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected`), { code });
}

/** Makes the file system fail from the call of a number on, once or for good, and counts the calls. */
function failAt(code: string, number: number, { once }: { once: boolean }): { readonly calls: number } {
  const counter = { calls: 0 };
  const step = <T>(call: () => T): T => {
    const i = counter.calls++;
    if (once ? i === number : i >= number) throw systemError(code);
    return call();
  };
  const later = (call: Call): Promise<never> =>
    new Promise((resolve) => {
      resolve(step(call) as Promise<never>);
    });
  vi.mocked(fsSync.mkdirSync).mockImplementation((...args) => step(() => realSync.mkdirSync(...args)));
  vi.mocked(fs.rename).mockImplementation((...args) => later(() => real.rename(...args)));
  vi.mocked(fs.readdir).mockImplementation((path) => later(() => real.readdir(path)));
  vi.mocked(fs.unlink).mockImplementation((...args) => later(() => real.unlink(...args)));
  vi.mocked(fs.rm).mockImplementation((...args) => later(() => real.rm(...args)));
  vi.mocked(fs.stat).mockImplementation((path) => later(() => real.stat(path)));
  vi.mocked(fs.open).mockImplementation((...args) =>
    later(async () => {
      const file = await real.open(...args);
      const { writeFile, sync } = file;
      file.writeFile = (...parts) => later(() => writeFile.apply(file, parts));
      file.sync = () => later(() => sync.apply(file));
      return file;
    }),
  );
  return counter;
}

describe('a disk that fails', () => {
  it.each([
    ['once', true],
    ['for good', false],
  ])('%s, at any call of a save', async (_, once) => {
    const codes = ['ENOSPC', 'EACCES', 'EROFS', 'EIO', 'EMFILE'];
    const failed: boolean[] = [];
    for (let number = 0, reached = true; reached; number++) {
      await saveToFolder(folder, artifactsOf(-1)); // also removes what is left
      expect(await real.readdir(folder)).toHaveLength(2);
      const code = codes[number % codes.length]!;
      const counter = failAt(code, number, { once });
      const error: unknown = await saveToFolder(folder, artifactsOf(number), 3000).catch((e: unknown) => e);
      reached = counter.calls > number;
      vi.resetAllMocks();
      failed.push(error instanceof Error);
      if (error instanceof Error) {
        expect(error).toMatchObject({ name: 'Seq2SeqError', code: 'save-failed', cause: { code } });
        expect(error.message).toContain(`could not be written to ${folder}: ${code}: injected.`);
        if (once) expect(await real.readdir(folder)).toHaveLength(2); // nothing of it is left
      }
      expect(await loaded()).toBe(error instanceof Error ? -1 : number);
    }
    expect(failed.slice(0, 10)).toContain(true);
    // What fails after the rename fails no save.
    expect(failed.lastIndexOf(true)).toBeLessThan(failed.length - 4);
  });

  it.each([
    ['ENOSPC', 2],
    ['EACCES', 3],
  ])('with %s: %i files stay where a killed save has left one', async (code, files) => {
    await saveToFolder(folder, artifactsOf(1));
    await real.writeFile(join(folder, `weights.${'0'.repeat(64)}.0123456789abcdef-1.bin`), 'half');
    vi.mocked(fs.rename).mockRejectedValueOnce(systemError(code));
    await expect(saveToFolder(folder, artifactsOf(2))).rejects.toMatchObject({ code: 'save-failed' });
    expect(await real.readdir(folder)).toHaveLength(files); // a full disk is cleared for the next try
    expect(await loaded()).toBe(1);
  });

  it('does not fail a save that succeeded, when only cleaning up fails', async () => {
    await saveToFolder(folder, artifactsOf(1));
    vi.mocked(fs.rm).mockRejectedValue(systemError('EACCES'));
    await saveToFolder(folder, artifactsOf(2));
    expect(await loaded()).toBe(2);
    expect(await real.readdir(folder)).toHaveLength(3);
    vi.resetAllMocks();
    await saveToFolder(folder, artifactsOf(3));
    expect(await real.readdir(folder)).toHaveLength(2);
  });

  it.each([
    ['ENOTDIR', () => real.writeFile(join(root, 'file'), ''), () => join(root, 'file', 'model')],
    ['EEXIST', () => real.writeFile(join(root, 'file'), ''), () => join(root, 'file')],
    ['EISDIR', () => real.mkdir(join(folder, 'model.json'), { recursive: true }), () => folder],
    ['ENAMETOOLONG', () => Promise.resolve(), () => join(root, 'x'.repeat(300))],
  ])('tells of %s', async (code, prepare, path) => {
    await prepare();
    const error = (await saveToFolder(path(), artifactsOf(1)).catch((e: unknown) => e)) as Seq2SeqError;
    expect(error).toMatchObject({ code: 'save-failed', cause: { code } });
    expect(await real.readdir(root, { recursive: true })).not.toContainEqual(expect.stringContaining('.bin'));
  });

  it('refuses what JSON cannot describe', async () => {
    const cyclic: { self?: object } = {};
    cyclic.self = cyclic;
    await expect(
      saveToFolder(folder, { ...artifactsOf(1), userDefinedMetadata: cyclic }),
    ).rejects.toMatchObject({ code: 'invalid-input', cause: expect.any(TypeError) as unknown });
    expect(await real.readdir(folder)).toEqual([]);
  });
});

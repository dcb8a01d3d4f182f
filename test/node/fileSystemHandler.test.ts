import type { io } from '@tensorflow/tfjs-core';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Seq2SeqError } from '../../src/core/errors.js';
import { fileSystemHandler } from '../../src/node/fileSystemHandler.js';

vi.mock(import('node:fs/promises'), { spy: true });

let directory: string;
beforeEach(async () => {
  directory = join(await fs.mkdtemp(join(tmpdir(), 'handler-')), 'new', 'folder');
});
afterEach(async () => {
  vi.resetAllMocks();
  await fs.rm(join(directory, '../..'), { recursive: true });
});

const SPECS: io.WeightsManifestEntry[] = [
  { name: 'kernel', shape: [2, 3], dtype: 'float32' },
  { name: '__proto__', shape: [5], dtype: 'bool' },
];

/** 6 floats and 5 bytes. */
function weightsOf(value: number): ArrayBuffer {
  const bytes = new Uint8Array(29).fill(1);
  bytes.set(new Uint8Array(new Float32Array(6).fill(value).buffer));
  return bytes.buffer;
}

function artifactsOf(value: number): io.ModelArtifacts {
  return {
    modelTopology: { kind: 'test' },
    format: 'tfjs-seq2seq',
    generatedBy: 'us',
    convertedBy: null,
    weightSpecs: SPECS,
    weightData: weightsOf(value),
    userDefinedMetadata: { vocab: ['é', '我', '🙂'] },
  };
}

const bytesOf = (data: io.WeightData | undefined): number[] => [...new Uint8Array(data as ArrayBuffer)];

describe('fileSystemHandler', () => {
  it('gives back what it saved', async () => {
    const handler = fileSystemHandler(directory);
    const { modelArtifactsInfo } = await handler.save(artifactsOf(1));
    expect(modelArtifactsInfo).toMatchObject({ modelTopologyType: 'JSON', weightDataBytes: 29 });
    const { weightData, ...rest } = await handler.load();
    const { weightData: saved, ...expected } = artifactsOf(1);
    expect(rest).toEqual(expected);
    expect(weightData).toBeInstanceOf(ArrayBuffer);
    expect(bytesOf(weightData)).toEqual(bytesOf(saved));
  });

  it('joins weight data in several buffers', async () => {
    const whole = weightsOf(3);
    const handler = fileSystemHandler(directory);
    await handler.save({ ...artifactsOf(3), weightData: [whole.slice(0, 7), whole.slice(7)] });
    expect(bytesOf((await handler.load()).weightData)).toEqual(bytesOf(whole));
  });

  it('saves a model without weights', async () => {
    const handler = fileSystemHandler(directory);
    await handler.save({ modelTopology: { kind: 'bare' } });
    expect(await fs.readdir(directory)).toEqual(['model.json']);
    expect(await handler.load()).toMatchObject({ modelTopology: { kind: 'bare' }, weightSpecs: [] });
  });

  it('keeps one save only, and nothing of its own making besides', async () => {
    const handler = fileSystemHandler(directory);
    await handler.save(artifactsOf(1));
    await fs.writeFile(join(directory, 'notes.txt'), 'mine');
    await fs.writeFile(join(directory, 'weights.bin'), 'mine');
    await handler.save(artifactsOf(2));
    const names = await fs.readdir(directory);
    expect(names).toHaveLength(4);
    expect(names).toEqual(
      expect.arrayContaining([
        'model.json',
        'notes.txt',
        'weights.bin',
        expect.stringMatching(/^weights\.\w{64}\.\w{16}-1\.bin$/),
      ]),
    );
    expect(bytesOf((await handler.load()).weightData)).toEqual(bytesOf(weightsOf(2)));
    await handler.save(artifactsOf(2)); // the same weights: their file stays
    expect(bytesOf((await handler.load()).weightData)).toEqual(bytesOf(weightsOf(2)));
  });

  it('clears up after a process that was killed', async () => {
    const handler = fileSystemHandler(directory);
    await handler.save(artifactsOf(1));
    const unfinished = 'model.json.0123456789abcdef.unfinished';
    const part = `weights.${'0'.repeat(64)}.0123456789abcdef-1.bin`;
    const older = `weights.${'0'.repeat(64)}.bin`;
    await fs.writeFile(join(directory, unfinished), '{"mod');
    for (const name of [part, older]) await fs.writeFile(join(directory, name), 'half');
    expect(bytesOf((await handler.load()).weightData)).toEqual(bytesOf(weightsOf(1)));
    await handler.save(artifactsOf(2));
    expect(await fs.readdir(directory)).toHaveLength(2);
  });

  it('loads the new model where a save comes between its two reads', async () => {
    const handler = fileSystemHandler(directory);
    await handler.save(artifactsOf(1));
    const { stat } = await vi.importActual<typeof fs>('node:fs/promises');
    let saved = false;
    vi.mocked(fs.stat).mockImplementation(async (path) => {
      if (String(path).endsWith('.bin') && !saved) {
        saved = true;
        await handler.save(artifactsOf(2));
      }
      return stat(path);
    });
    expect(bytesOf((await handler.load()).weightData)).toEqual(bytesOf(weightsOf(2)));
  });

  it('reads the layout of tfjs with several files, and without a hash', async () => {
    await fs.mkdir(directory, { recursive: true });
    const whole = new Uint8Array(weightsOf(4));
    await fs.writeFile(join(directory, 'group1-shard1of2.bin'), whole.subarray(0, 11));
    await fs.writeFile(join(directory, 'group1-shard2of2.bin'), whole.subarray(11));
    const weightsManifest = [{ paths: ['group1-shard1of2.bin', 'group1-shard2of2.bin'], weights: SPECS }];
    await fs.writeFile(join(directory, 'model.json'), JSON.stringify({ modelTopology: {}, weightsManifest }));
    const { weightData } = await fileSystemHandler(directory).load();
    expect((weightData as ArrayBuffer[]).flatMap(bytesOf)).toEqual([...whole]);
  });
});

describe('fileSystemHandler on bad input', () => {
  async function describeError(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
    const { code, message } = (await promise.catch((error: unknown) => error)) as Seq2SeqError;
    return {
      code,
      message: message.replaceAll(directory, 'DIR').replaceAll(/[0-9a-f]{64}\.[0-9a-f]{16}-1/g, 'HASH'),
    };
  }

  async function saved(): Promise<{ handler: Required<io.IOHandler>; weights: string; model: string }> {
    const handler = fileSystemHandler(directory);
    await handler.save(artifactsOf(1));
    const weights = (await fs.readdir(directory)).find((name) => name.startsWith('weights.'))!;
    return { handler, weights: join(directory, weights), model: join(directory, 'model.json') };
  }

  it('says where there is no model', async () => {
    expect(await describeError(fileSystemHandler(directory).load())).toEqual({
      code: 'load-failed',
      message:
        'fileSystemHandler.load: expected a folder with a saved model, DIR/model.json, but received "ENOENT". Check the path, or save a model there first.',
    });
  });

  it('tells what is wrong with model.json', async () => {
    const { handler, model } = await saved();
    await fs.truncate(model, 20);
    expect(await describeError(handler.load())).toMatchObject({
      code: 'corrupt-file',
      message: expect.stringContaining(
        'expected DIR/model.json to hold complete JSON but received',
      ) as string,
    });
    await fs.writeFile(model, '[]');
    expect((await describeError(handler.load())).message).toContain('a JSON object but received []');
    await fs.writeFile(model, '{"weightsManifest": [{"paths": []}]}');
    expect((await describeError(handler.load())).message).toContain(
      'a weightsManifest, a list of {paths, weights},',
    );
  });

  it('tells what is wrong with the weights', async () => {
    const { handler, weights } = await saved();
    const content = await fs.readFile(weights);
    content[3]! ^= 1;
    await fs.writeFile(weights, content);
    expect(await describeError(handler.load())).toEqual({
      code: 'corrupt-file',
      message:
        'fileSystemHandler.load: expected DIR/weights.HASH.bin to hold the content that its name is the SHA-256 hash of but received "other content". Save the model again.',
    });
    await fs.truncate(weights, 13);
    expect(await describeError(handler.load())).toEqual({
      code: 'corrupt-file',
      message:
        'fileSystemHandler.load: expected DIR/weights.HASH.bin to hold 29 bytes, as the shapes in model.json have it, but received 13. Save the model again.',
    });
    await fs.rm(weights);
    expect((await describeError(handler.load())).message).toContain(
      'to hold a file with weights but received "ENOENT"',
    );
  });

  it.each(['../secret', '/etc/passwd', '..', 'a\\b', '', 7])(
    'does not follow the path %s out of the folder',
    async (path) => {
      const { handler, model } = await saved();
      await fs.writeFile(model, JSON.stringify({ weightsManifest: [{ paths: [path], weights: [] }] }));
      expect(await describeError(handler.load())).toMatchObject({
        code: 'corrupt-file',
        message: expect.stringContaining('names of weight files in the same folder') as string,
      });
    },
  );

  it.each<[unknown]>([
    [{ name: 'a', shape: [-1], dtype: 'float32' }],
    [{ name: 'a', shape: 3, dtype: 'float32' }],
    [{ name: 'a', shape: [3], dtype: 'float64' }],
    [{ name: 'a', shape: [3], dtype: '__proto__' }],
    [{ name: 'a', shape: [3], dtype: 'constructor' }],
    [{ name: 'a', shape: [3], dtype: 'float32', quantization: { dtype: { toString: 1 } } }],
    [{ name: 7, shape: [3], dtype: 'float32' }],
    [{ constructor: { name: { toString: 1 } } }],
    [null],
    [[[]]],
  ])('refuses the weights %j', async (spec) => {
    const { handler, model, weights } = await saved();
    const paths = [weights.slice(directory.length + 1)];
    await fs.writeFile(model, JSON.stringify({ weightsManifest: [{ paths, weights: [spec] }] }));
    expect((await describeError(handler.load())).message).toContain(
      'weights with a name, a shape and a known dtype',
    );
  });

  /** A folder whose model.json names files with one byte each, and what else it says. */
  async function folderOf(paths: string[], weights: unknown[]): Promise<void> {
    await fs.mkdir(directory, { recursive: true });
    const model = JSON.stringify({ modelTopology: {}, weightsManifest: [{ paths, weights }] });
    await fs.writeFile(join(directory, 'model.json'), model);
  }
  const bytes = (length: number, name = 'a'): object => ({ name, shape: [length], dtype: 'uint8' });

  it('names the same file once, and the same weight once', async () => {
    await folderOf(new Array<string>(60).fill('w.bin'), [bytes(600)]);
    await fs.writeFile(join(directory, 'w.bin'), new Uint8Array(10));
    const load = (): Promise<unknown> => fileSystemHandler(directory).load();
    expect(await describeError(load())).toEqual({
      code: 'corrupt-file',
      message:
        'fileSystemHandler.load: expected DIR/model.json to hold every weight file once but received "w.bin". Save the model again.',
    });
    expect(fs.open).not.toHaveBeenCalledWith(join(directory, 'w.bin'), expect.anything());
    await folderOf(['w.bin'], [bytes(3), bytes(3, 'b'), bytes(4)]);
    expect((await describeError(load())).message).toContain('to hold every weight once but received "a"');
  });

  it.runIf(process.platform !== 'win32')('reads no device, pipe or folder, nor a link to one', async () => {
    await folderOf([], []);
    const load = (): Promise<unknown> => fileSystemHandler(directory).load();
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await fs.symlink('/dev/zero', join(directory, 'zero'));
    await fs.symlink('pipe', join(directory, 'link'));
    await fs.symlink('circle', join(directory, 'circle'));
    await fs.mkdir(join(directory, 'folder'));
    for (const name of ['pipe', 'zero', 'link', 'circle', 'folder']) {
      for (const size of [0, 5]) {
        await folderOf([name], [bytes(size)]);
        expect(await describeError(load())).toMatchObject({
          code: 'corrupt-file',
          message: expect.stringContaining(`expected DIR/${name} to hold a file with weights`) as string,
        });
      }
    }
    const model = join(directory, 'model.json');
    for (const target of [pipe, '/dev/zero', join(directory, 'folder')]) {
      await fs.rm(model);
      await fs.symlink(target, model);
      expect(await describeError(load())).toMatchObject({ code: 'load-failed' });
    }
    await fileSystemHandler(directory).save(artifactsOf(5)); // takes the link's place
    expect(bytesOf(((await load()) as io.ModelArtifacts).weightData)).toEqual(bytesOf(weightsOf(5)));
  });

  it('reads no more than the size that it checked', async () => {
    await folderOf(['w.bin'], [bytes(5)]);
    const file = join(directory, 'w.bin');
    await fs.writeFile(file, new Uint8Array(5));
    const { open } = await vi.importActual<typeof fs>('node:fs/promises');
    const handler = fileSystemHandler(directory);
    const change = (length: number): void => {
      vi.mocked(fs.open).mockImplementation(async (...args) => {
        if (args[0] === file) await fs.writeFile(file, new Uint8Array(length));
        return open(...args);
      });
    };
    change(1000);
    await fs.writeFile(file, new Uint8Array(5));
    expect(bytesOf((await handler.load()).weightData)).toEqual([0, 0, 0, 0, 0]);
    change(3);
    await fs.writeFile(file, new Uint8Array(5));
    expect((await describeError(handler.load())).message).toContain('the 5 bytes that it had but received 3');
  });

  it('tells of a disk that fails while reading', async () => {
    const { handler } = await saved();
    for (const call of ['stat', 'open'] as const) {
      for (const after of [0, 1]) {
        const cause = Object.assign(new Error('EIO: injected'), { code: 'EIO' });
        const actual = (await vi.importActual<typeof fs>('node:fs/promises'))[call] as () => Promise<never>;
        let calls = 0;
        vi.mocked<() => Promise<never>>(fs[call] as never).mockImplementation((...args) =>
          calls++ >= after ? Promise.reject(cause) : actual(...args),
        );
        const error: unknown = await handler.load().catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ name: 'Seq2SeqError', code: 'load-failed', cause });
        vi.resetAllMocks();
      }
    }
  });

  it.each([5000, 200_000])('holds %i levels of nesting', async (levels) => {
    const nested = '['.repeat(levels) + ']'.repeat(levels);
    await fs.mkdir(directory, { recursive: true });
    const model = join(directory, 'model.json');
    for (const json of [
      nested,
      `{"weightsManifest": ${nested}}`,
      `{"weightsManifest": [{"paths": ${nested}, "weights": []}]}`,
      `{"weightsManifest": [{"paths": [], "weights": ${nested}}]}`,
      `{"weightsManifest": [{"paths": [], "weights": [{"name": "a", "shape": ${nested}}]}]}`,
    ]) {
      await fs.writeFile(model, json);
      const { code, message } = await describeError(fileSystemHandler(directory).load());
      expect(code).toBe('corrupt-file');
      expect(message.length).toBeLessThan(1000);
    }
  });

  it('refuses what it cannot save', async () => {
    expect(() => fileSystemHandler('')).toThrow(
      'fileSystemHandler: expected the path of a folder but received "".',
    );
    const binary = fileSystemHandler(directory).save({ modelTopology: new ArrayBuffer(3) });
    expect((await describeError(binary)).message).toContain(
      'a model topology in JSON form but received a ArrayBuffer',
    );
  });
});

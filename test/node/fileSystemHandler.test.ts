import type { io } from '@tensorflow/tfjs-core';
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
  vi.mocked(fs.rename).mockReset();
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
        expect.stringMatching(/^weights\.\w{64}\.bin$/),
      ]),
    );
    expect(bytesOf((await handler.load()).weightData)).toEqual(bytesOf(weightsOf(2)));
    await handler.save(artifactsOf(2)); // the same weights: their file stays
    expect(bytesOf((await handler.load()).weightData)).toEqual(bytesOf(weightsOf(2)));
  });

  it.each(['model.json', 'weights.'])('leaves the old model when a save stops before %s', async (stop) => {
    const handler = fileSystemHandler(directory);
    await handler.save(artifactsOf(1));
    const { rename } = await vi.importActual<typeof fs>('node:fs/promises');
    vi.mocked(fs.rename).mockImplementation(async (from, to) => {
      if (String(to).startsWith(join(directory, stop))) throw new Error('disk full');
      await rename(from, to);
    });
    await expect(handler.save(artifactsOf(2))).rejects.toThrow('disk full');
    expect((await handler.load()).userDefinedMetadata).toEqual(artifactsOf(1).userDefinedMetadata);
    expect(bytesOf((await handler.load()).weightData)).toEqual(bytesOf(weightsOf(1)));
    vi.mocked(fs.rename).mockReset();
    await handler.save(artifactsOf(3));
    expect(await fs.readdir(directory)).toHaveLength(2);
  });

  it('clears up after a process that was killed', async () => {
    const handler = fileSystemHandler(directory);
    await handler.save(artifactsOf(1));
    const unfinished = 'model.json.123e4567-e89b-42d3-a456-426614174000.unfinished';
    await fs.writeFile(join(directory, unfinished), '{"mod');
    expect(bytesOf((await handler.load()).weightData)).toEqual(bytesOf(weightsOf(1)));
    await handler.save(artifactsOf(2));
    expect(await fs.readdir(directory)).not.toContain(unfinished);
  });

  it('loads the new model where a save comes between its two reads', async () => {
    const handler = fileSystemHandler(directory);
    await handler.save(artifactsOf(1));
    const { readFile } = await vi.importActual<typeof fs>('node:fs/promises');
    vi.mocked(fs.readFile).mockImplementationOnce(async (...args) => {
      const text = await readFile(...args);
      await handler.save(artifactsOf(2));
      return text;
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
    return { code, message: message.replaceAll(directory, 'DIR').replaceAll(/[0-9a-f]{64}/g, 'HASH') };
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

  it.each([
    { name: 'a', shape: [-1], dtype: 'float32' },
    { name: 'a', shape: 3, dtype: 'float32' },
    { name: 'a', shape: [3], dtype: 'float64' },
    { name: 'a', shape: [3], dtype: '__proto__' },
    { name: 'a', shape: [3], dtype: 'constructor' },
  ])('refuses the weights $shape $dtype', async (spec) => {
    const { handler, model, weights } = await saved();
    const paths = [weights.slice(directory.length + 1)];
    await fs.writeFile(model, JSON.stringify({ weightsManifest: [{ paths, weights: [spec] }] }));
    expect((await describeError(handler.load())).message).toContain('weights with a shape and a known dtype');
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

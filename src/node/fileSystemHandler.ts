import { io } from '@tensorflow/tfjs-core';
import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { mismatch } from '../core/errors.js';
import { readWeights } from './readWeights.js';

const MODEL_FILE = 'model.json';
const OWN_WEIGHTS = /^weights\.[0-9a-f]{64}\.bin$/;
const OWN_UNFINISHED = /^(?:model\.json|weights\.[0-9a-f]{64}\.bin)\.[0-9a-f-]{36}\.unfinished$/;

/**
 * Saves a model to a folder and loads it again. It is an `IOHandler` of TensorFlow.js for Node, with tfjs's
 * own file layout: `model.json` beside its weights. It needs no native package, and works for any tfjs model
 * as well.
 *
 * A save is all or nothing. First the weights go into a new file, `weights.<SHA-256>.bin`. Then one rename of
 * `model.json` switches over to it. Then the weights of the earlier save are removed. Until the rename, the
 * earlier model is what loads. A folder takes one save at a time. Before anything is made of weights, loading
 * checks their size, and their hash where the name has it.
 *
 * @param directory made where it is missing
 * @returns a handler whose `save` throws `invalid-input` for a topology in binary form, and whose `load`
 * throws `load-failed` where there is no model, and `corrupt-file` where a file is damaged, incomplete or of
 * another format
 *
 * @example
 * ```ts
 * import { io } from '@tensorflow/tfjs-core';
 * import { fileSystemHandler } from 'tfjs-seq2seq/node';
 * import { mkdtemp } from 'node:fs/promises';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 *
 * const handler: io.IOHandler = fileSystemHandler(await mkdtemp(join(tmpdir(), 'model-')));
 * await handler.save!({
 *   weightSpecs: [{ name: 'bias', shape: [2], dtype: 'float32' }],
 *   weightData: new Float32Array([1, 2]).buffer,
 * });
 * const { weightSpecs } = await handler.load!();
 * console.log(weightSpecs); // [ { name: 'bias', shape: [ 2 ], dtype: 'float32' } ]
 * ```
 */
export function fileSystemHandler(directory: string): Required<io.IOHandler> {
  if (typeof directory !== 'string' || directory === '') {
    throw mismatch('invalid-option', {
      where: 'fileSystemHandler',
      expected: 'the path of a folder',
      received: directory,
    });
  }
  return { save: (artifacts) => save(directory, artifacts), load: () => load(directory) };
}

async function save(directory: string, artifacts: io.ModelArtifacts): Promise<io.SaveResult> {
  const { weightSpecs, weightData = [], ...description } = artifacts;
  if (description.modelTopology instanceof ArrayBuffer) {
    throw mismatch('invalid-input', {
      where: 'fileSystemHandler.save',
      expected: 'a model topology in JSON form',
      received: description.modelTopology,
    });
  }
  await mkdir(directory, { recursive: true });
  const buffers = (Array.isArray(weightData) ? weightData : [weightData]).map(
    (buffer) => new Uint8Array(buffer),
  );
  const hash = createHash('sha256');
  for (const bytes of buffers) hash.update(bytes);
  const weightsFile = `weights.${hash.digest('hex')}.bin`;
  const weightsManifest = weightSpecs === undefined ? [] : [{ paths: [weightsFile], weights: weightSpecs }];
  const json = new TextEncoder().encode(JSON.stringify({ ...description, weightsManifest }));

  if (weightsManifest.length > 0) await writeWhole(directory, weightsFile, buffers);
  await writeWhole(directory, MODEL_FILE, [json]);
  for (const name of await readdir(directory)) {
    const old = OWN_WEIGHTS.test(name) && !(name === weightsFile && weightsManifest.length > 0);
    if (old || OWN_UNFINISHED.test(name)) await rm(join(directory, name), { force: true });
  }
  return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
}

/**
 * Writes a file under another name, makes sure that it is on the disk, and only then gives it its own name.
 */
async function writeWhole(directory: string, name: string, parts: readonly Uint8Array[]): Promise<void> {
  const unfinished = join(directory, `${name}.${randomUUID()}.unfinished`);
  try {
    const file = await open(unfinished, 'wx');
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, join(directory, name));
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(directory);
}

/** Makes a rename last through a power cut, where the system lets a folder be opened (Windows does not). */
async function syncFolder(directory: string): Promise<void> {
  const folder = await open(directory, 'r').catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

async function load(directory: string): Promise<io.ModelArtifacts> {
  for (;;) {
    const text = await readDescription(directory);
    const description = parseDescription(directory, text);
    try {
      return await io.getModelArtifactsForJSON(description, (manifest) => readWeights(directory, manifest));
    } catch (error) {
      // A save between the two reads has removed the weights; what it put in their place is complete.
      if ((await readDescription(directory)) === text) throw error;
    }
  }
}

async function readDescription(directory: string): Promise<string> {
  try {
    return await readFile(join(directory, MODEL_FILE), 'utf8');
  } catch (error) {
    throw mismatch('load-failed', {
      where: 'fileSystemHandler.load',
      expected: `a folder with a saved model, ${join(directory, MODEL_FILE)},`,
      received: (error as NodeJS.ErrnoException).code,
      hint: 'Check the path, or save a model there first.',
    });
  }
}

function parseDescription(directory: string, text: string): io.ModelJSON {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw corrupt(directory, 'complete JSON', (error as SyntaxError).message);
  }
  if (!isObject(parsed)) throw corrupt(directory, 'a JSON object', parsed);
  const { weightsManifest } = parsed;
  if (!Array.isArray(weightsManifest) || !weightsManifest.every(isManifestEntry)) {
    throw corrupt(directory, 'a weightsManifest, a list of {paths, weights},', weightsManifest);
  }
  return parsed as unknown as io.ModelJSON;
}

function isManifestEntry(entry: unknown): boolean {
  return isObject(entry) && Array.isArray(entry['paths']) && Array.isArray(entry['weights']);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function corrupt(directory: string, expected: string, received: unknown): Error {
  return mismatch('corrupt-file', {
    where: 'fileSystemHandler.load',
    expected: `${join(directory, MODEL_FILE)} to hold ${expected}`,
    received,
    hint: 'Save the model again.',
  });
}

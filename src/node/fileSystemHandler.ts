import { io } from '@tensorflow/tfjs-core';
import { join } from 'node:path';
import { mismatch, Seq2SeqError } from '../core/errors.js';
import { readWeights } from './readWeights.js';
import { readFileOf } from './regularFile.js';
import { saveToFolder } from './saveToFolder.js';

const MODEL_FILE = 'model.json';

/**
 * Saves a model to a folder and loads it again. It is an `IOHandler` of TensorFlow.js for Node, with tfjs's
 * own file layout: `model.json` beside its weights. It needs no native package, and works for any tfjs model
 * as well.
 *
 * A save is all or nothing. First the weights go into new files of at most 1 GiB,
 * `weights.<SHA-256>.<save>-<part>.bin`. Then one rename of `model.json` switches over to them. Then the
 * weights of the earlier save are removed. Until the rename, the earlier model is what loads. Weight data
 * must stay as it is until its save is done.
 *
 * Saves of one process to one folder wait for each other, so that the last one called stays. Where several
 * processes save to one folder at once, the first one stays and the others fail.
 *
 * Before anything is made of weights, loading checks their size, and their hash where the name has it. It
 * reads regular files only.
 *
 * @param directory made where it is missing
 * @returns a handler whose `save` throws `save-failed` where the disk or another process is in the way, and
 * `invalid-input` for what JSON cannot hold. Its `load` throws `load-failed` where there is no model or the
 * disk fails, and `corrupt-file` where a file is damaged, incomplete or of another format. An error of the
 * disk is the `cause`
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
  return { save: (artifacts) => saveToFolder(directory, artifacts), load: () => load(directory) };
}

async function load(directory: string): Promise<io.ModelArtifacts> {
  for (;;) {
    const text = await readDescription(directory);
    const description = parseDescription(directory, text);
    try {
      return await io.getModelArtifactsForJSON(description, (manifest) => readWeights(directory, manifest));
    } catch (error) {
      // A save between the two reads has removed the weights; what it put in their place is complete.
      if ((await readDescription(directory)) !== text) continue;
      throw error instanceof Seq2SeqError ? error : loadFailed(directory, error);
    }
  }
}

async function readDescription(directory: string): Promise<string> {
  try {
    return Buffer.from((await readFileOf(join(directory, MODEL_FILE))).buffer).toString();
  } catch (error) {
    throw loadFailed(directory, error);
  }
}

function loadFailed(directory: string, cause: unknown): Seq2SeqError {
  const { code, message } = cause as NodeJS.ErrnoException;
  return mismatch('load-failed', {
    where: 'fileSystemHandler.load',
    expected: `a folder with a saved model, ${join(directory, MODEL_FILE)},`,
    received: code ?? message,
    hint: 'Check the path, or save a model there first.',
    cause: cause as Error,
  });
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

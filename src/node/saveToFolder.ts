import { io } from '@tensorflow/tfjs-core';
import { randomBytes } from 'node:crypto';
import { mkdirSync, realpathSync } from 'node:fs';
import { open, readdir, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { mismatch, Seq2SeqError } from '../core/errors.js';
import { sha256 } from './readWeights.js';
import { CHUNK_BYTES, NotAFileError, readFileOf } from './regularFile.js';

const WHERE = 'fileSystemHandler.save';
const MODEL_FILE = 'model.json';
/** What saves write, with the id of the save; the weights of older versions have none. */
const OWN_FILE =
  /^(?:model\.json\.([0-9a-f]{16})\.unfinished|weights\.[0-9a-f]{64}\.(?:([0-9a-f]{16})-\d+\.)?bin)$/;
const unfinishedOf = (id: string): string => `${MODEL_FILE}.${id}.unfinished`;

/**
 * Saves a model so that the folder loads at every moment, whoever saves there and whoever is killed.
 *
 * A save first writes its `model.json` under an unfinished name, then its weights, under names that no other
 * save has. One rename makes the description the model's. Whoever has done that clears up: all other
 * unfinished descriptions go, and then all weights that `model.json` does not name. So a save whose
 * description is gone cannot finish any more, and weights that are removed are never named again.
 *
 * @param partBytes the most that one weight file holds; Node reads no file of 2 GiB at once
 * @throws `invalid-input`, `save-failed`
 */
export async function saveToFolder(
  directory: string,
  artifacts: io.ModelArtifacts,
  partBytes: number = CHUNK_BYTES,
): Promise<io.SaveResult> {
  const { weightSpecs, weightData = [], ...description } = artifacts;
  if (description.modelTopology instanceof ArrayBuffer) {
    throw mismatch('invalid-input', {
      where: WHERE,
      expected: 'a model topology in JSON form',
      received: description.modelTopology,
    });
  }
  const id = randomBytes(8).toString('hex');
  // Up to here nothing waits, so that saves queue in the order of their calls.
  const folder = makeFolder(directory);
  await inTurn(folder, async () => {
    const parts = weightSpecs === undefined ? [] : split([weightData].flat(), partBytes);
    const weights = parts.map((pieces, i) => ({
      name: `weights.${sha256(pieces)}.${id}-${i + 1}.bin`,
      pieces,
    }));
    const paths = weights.map(({ name }) => name);
    const weightsManifest = weightSpecs === undefined ? [] : [{ paths, weights: weightSpecs }];
    const json = toJson({ ...description, weightsManifest });
    try {
      await writeNew(join(folder, unfinishedOf(id)), [json]);
      for (const { name, pieces } of weights) await writeNew(join(folder, name), pieces);
      await syncFolder(folder);
      await rename(join(folder, unfinishedOf(id)), join(folder, MODEL_FILE));
    } catch (cause) {
      // On a full disk, what killed saves have left makes room for the next try.
      await clearUp(folder, isFull(cause) ? undefined : id).catch(() => undefined);
      throw saveFailed(directory, cause);
    }
    await syncFolder(folder);
    // The model is saved. What cannot be removed now, the next save removes.
    await clearUp(folder).catch(() => undefined);
  });
  return { modelArtifactsInfo: io.getModelArtifactsInfoForJSON(artifacts) };
}

/** Makes the folder, and gives it the one name that all paths to it share. */
function makeFolder(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true });
    return realpathSync.native(directory);
  } catch (cause) {
    throw saveFailed(directory, cause);
  }
}

const lastTurns = new Map<string, Promise<void>>();

/** Runs the saves of this process to one folder one after the other, whether the earlier ones fail or not. */
async function inTurn(folder: string, save: () => Promise<void>): Promise<void> {
  const turn = (lastTurns.get(folder) ?? Promise.resolve()).then(save, save);
  lastTurns.set(folder, turn);
  try {
    await turn;
  } finally {
    if (lastTurns.get(folder) === turn) lastTurns.delete(folder);
  }
}

/** Cuts buffers, as one long row of bytes, into parts of a size; each part is a list of pieces. */
function split(buffers: readonly ArrayBuffer[], partBytes: number): Uint8Array[][] {
  const parts: Uint8Array[][] = [[]];
  let room = partBytes;
  for (const buffer of buffers) {
    for (let start = 0; start < buffer.byteLength;) {
      if (room === 0) {
        parts.push([]);
        room = partBytes;
      }
      const piece = new Uint8Array(buffer, start, Math.min(room, buffer.byteLength - start));
      parts.at(-1)!.push(piece);
      start += piece.length;
      room -= piece.length;
    }
  }
  return parts;
}

function toJson(description: object): Uint8Array {
  try {
    return new TextEncoder().encode(JSON.stringify(description));
  } catch (cause) {
    throw mismatch('invalid-input', {
      where: WHERE,
      expected: 'a model that JSON can describe',
      received: (cause as Error).message,
      cause: cause as Error,
    });
  }
}

/** Writes a file that is not there yet, and makes sure that it is on the disk. */
async function writeNew(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for (const piece of pieces) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes new names last through a power cut, where the system lets a folder be opened (Windows does not). */
async function syncFolder(folder: string): Promise<void> {
  const opened = await open(folder, 'r').catch(() => undefined);
  await opened?.sync().catch(() => undefined);
  await opened?.close().catch(() => undefined);
}

/**
 * Removes what is left of other saves, or what is left of one save, and nothing that `model.json` names.
 * The order matters. Without its unfinished description a save cannot finish. Only then is it certain that
 * what `model.json` does not name now, it will not name later.
 */
async function clearUp(folder: string, one?: string): Promise<void> {
  const files = (await readdir(folder))
    .map((name) => ({ name, match: OWN_FILE.exec(name) }))
    .flatMap(({ name, match }) => (match ? [{ name, id: match[1] ?? match[2] }] : []))
    .filter(({ id }) => one === undefined || id === one);
  const open = new Set<string | undefined>(); // saves that may still finish
  for (const id of new Set(files.map((file) => file.id))) {
    if (id !== undefined && !(await removed(join(folder, unfinishedOf(id))))) open.add(id);
  }
  const current = await currentText(folder);
  for (const { name, id } of files) {
    if (name.endsWith('.bin') && !open.has(id) && !current.includes(name)) {
      await rm(join(folder, name), { force: true });
    }
  }
}

/** Whether a file is gone for certain. */
async function removed(path: string): Promise<boolean> {
  try {
    await unlink(path);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

async function currentText(folder: string): Promise<string> {
  try {
    return new TextDecoder().decode(await readFileOf(join(folder, MODEL_FILE)));
  } catch (error) {
    if (error instanceof NotAFileError || (error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

function isFull(cause: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '');
}

function saveFailed(directory: string, cause: unknown): Seq2SeqError {
  const { code, syscall, message } = cause as NodeJS.ErrnoException;
  const reason =
    code === 'ENOENT' && syscall === 'rename'
      ? 'another process saved there at the same time, and was first. Give each process a folder of its own'
      : `${message}. Check the path, the room on the disk and who may write there`;
  const text = `${WHERE}: the model could not be written to ${directory}: ${reason}.`;
  return new Seq2SeqError('save-failed', text, { cause });
}

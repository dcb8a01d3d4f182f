import type { io } from '@tensorflow/tfjs-core';
import { createHash, type Hash } from 'node:crypto';
import { join } from 'node:path';
import { mismatch, type Seq2SeqError } from '../core/errors.js';
import { CHUNK_BYTES, NotAFileError, readFileOf, sizeOfFile } from './regularFile.js';

const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  complex64: 8,
  uint8: 1,
  uint16: 2,
  float16: 2,
};

/**
 * Reads the weight files that a `model.json` names. Before anything is read, sizes are compared with the
 * shapes. The content is compared with the hash in the file's name, where there is one.
 *
 * @throws `corrupt-file`, and the errors of the system
 */
export async function readWeights(
  directory: string,
  manifest: io.WeightsManifestConfig,
): Promise<[io.WeightsManifestEntry[], io.WeightData]> {
  const paths = manifest.flatMap((group) => group.paths);
  for (const path of paths) checkPath(directory, path);
  const specs = manifest.flatMap(({ weights }) => weights);
  const expected = specs.reduce((sum, spec) => sum + byteLength(directory, spec), 0);
  checkOnce(directory, 'every weight file once', paths);
  checkOnce(
    directory,
    'every weight once',
    specs.map(({ name }) => name),
  );
  const sizes: number[] = [];
  for (const path of paths) sizes.push(await explained(directory, path, sizeOfFile(join(directory, path))));
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (size !== expected && !Number.isNaN(expected)) {
    throw damaged(
      join(directory, paths.join(', ')),
      `${expected} bytes, as the shapes in model.json have it,`,
      size,
    );
  }
  const buffers: ArrayBuffer[] = [];
  for (const [i, path] of paths.entries()) {
    const bytes = await explained(directory, path, readFileOf(join(directory, path), sizes[i]));
    if (bytes.length !== sizes[i]) {
      throw damaged(join(directory, path), `the ${sizes[i]} bytes that it had`, bytes.length);
    }
    checkHash(directory, path, bytes);
    buffers.push(bytes.buffer);
  }
  return [specs, buffers.length === 1 ? buffers[0]! : buffers];
}

/** The SHA-256 hash of bytes, also of more than Node hashes at once. */
export function sha256(parts: readonly Uint8Array[]): string {
  const hash: Hash = createHash('sha256');
  for (const part of parts) {
    for (let start = 0; start < part.length; start += CHUNK_BYTES) {
      hash.update(part.subarray(start, start + CHUNK_BYTES));
    }
  }
  return hash.digest('hex');
}

/** A path of an untrusted file must not leave the folder. */
function checkPath(directory: string, path: unknown): void {
  if (typeof path === 'string' && /^[^/\\:\0]+$/.test(path) && path !== '.' && path !== '..') return;
  throw damaged(join(directory, 'model.json'), 'names of weight files in the same folder', path);
}

/** Twice the same file costs twice its size. */
function checkOnce(directory: string, expected: string, names: readonly string[]): void {
  const seen = new Set<string>();
  const twice = names.find((name) => seen.size === seen.add(name).size);
  if (twice !== undefined) throw damaged(join(directory, 'model.json'), expected, twice);
}

/** Says that a file which must be there is missing, or is none. */
async function explained<T>(directory: string, path: string, reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof NotAFileError || code === 'ENOENT' || code === 'ELOOP') {
      throw damaged(join(directory, path), 'a file with weights', code ?? message, error as Error);
    }
    throw error;
  }
}

/** NaN for strings, whose size their shape does not tell. */
function byteLength(directory: string, spec: Partial<io.WeightsManifestEntry> | null): number {
  const { name, shape, dtype, quantization } = spec ?? {};
  const stored: unknown = quantization?.dtype ?? dtype;
  const known = typeof stored === 'string' && (dtype === 'string' || Object.hasOwn(BYTES, stored));
  const sound = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!sound || !known || typeof name !== 'string') {
    const expected = 'weights with a name, a shape and a known dtype';
    throw damaged(join(directory, 'model.json'), expected, spec);
  }
  return dtype === 'string' ? NaN : shape.reduce((product, size) => product * size, BYTES[stored]!);
}

function checkHash(directory: string, path: string, bytes: Uint8Array): void {
  const hash = /^weights\.([0-9a-f]{64})\.(?:[0-9a-f-]+\.)?bin$/.exec(path)?.[1];
  if (hash === undefined || sha256([bytes]) === hash) return;
  throw damaged(join(directory, path), 'the content that its name is the SHA-256 hash of', 'other content');
}

function damaged(file: string, expected: string, received: unknown, cause?: Error): Seq2SeqError {
  return mismatch('corrupt-file', {
    where: 'fileSystemHandler.load',
    expected: `${file} to hold ${expected}`,
    received,
    hint: 'Save the model again.',
    ...(cause !== undefined && { cause }),
  });
}

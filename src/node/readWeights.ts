import type { io } from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { mismatch, type Seq2SeqError } from '../core/errors.js';

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
 * @throws `corrupt-file`
 */
export async function readWeights(
  directory: string,
  manifest: io.WeightsManifestConfig,
): Promise<[io.WeightsManifestEntry[], io.WeightData]> {
  const paths = manifest.flatMap((group) => group.paths);
  for (const path of paths) checkPath(directory, path);
  const specs = manifest.flatMap(({ weights }) => weights);
  const sizes = await Promise.all(paths.map((path) => sizeOf(directory, path)));
  const expected = specs.reduce((sum, spec) => sum + byteLength(directory, spec), 0);
  const size = sizes.reduce((sum, bytes) => sum + bytes, 0);
  if (size !== expected && !Number.isNaN(expected)) {
    throw damaged(
      join(directory, paths.join(', ')),
      `${expected} bytes, as the shapes in model.json have it,`,
      size,
    );
  }
  const buffers: ArrayBuffer[] = [];
  for (const path of paths) buffers.push(await readWhole(directory, path));
  return [specs, buffers.length === 1 ? buffers[0]! : buffers];
}

/** A path of an untrusted file must not leave the folder. */
function checkPath(directory: string, path: unknown): void {
  if (typeof path === 'string' && /^[^/\\:]+$/.test(path) && path !== '.' && path !== '..') return;
  throw damaged(join(directory, 'model.json'), 'names of weight files in the same folder', path);
}

async function sizeOf(directory: string, path: string): Promise<number> {
  try {
    return (await stat(join(directory, path))).size;
  } catch (error) {
    throw damaged(join(directory, path), 'a file with weights', (error as NodeJS.ErrnoException).code);
  }
}

/** NaN for strings, whose size their shape does not tell. */
function byteLength(directory: string, spec: io.WeightsManifestEntry): number {
  const { shape, dtype, quantization } = spec;
  const stored = quantization?.dtype ?? dtype;
  const bytes = dtype === 'string' ? NaN : Object.hasOwn(BYTES, stored) ? BYTES[stored] : undefined;
  const sound = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!sound || bytes === undefined) {
    throw damaged(join(directory, 'model.json'), 'weights with a shape and a known dtype', spec);
  }
  return shape.reduce((product, size) => product * size, bytes);
}

async function readWhole(directory: string, path: string): Promise<ArrayBuffer> {
  const bytes = await readFile(join(directory, path));
  const hash = /^weights\.([0-9a-f]{64})\.bin$/.exec(path)?.[1];
  if (hash !== undefined && createHash('sha256').update(bytes).digest('hex') !== hash) {
    throw damaged(join(directory, path), 'the content that its name is the SHA-256 hash of', 'other content');
  }
  const { buffer, byteOffset, byteLength: length } = bytes;
  const whole = byteOffset === 0 && length === buffer.byteLength;
  return (whole ? buffer : buffer.slice(byteOffset, byteOffset + length)) as ArrayBuffer;
}

function damaged(file: string, expected: string, received: unknown): Seq2SeqError {
  return mismatch('corrupt-file', {
    where: 'fileSystemHandler.load',
    expected: `${file} to hold ${expected}`,
    received,
    hint: 'Save the model again.',
  });
}

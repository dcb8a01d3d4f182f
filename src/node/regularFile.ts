import { constants, open, stat, type FileHandle } from 'node:fs/promises';

/** The most that Node reads, and hashes, at once is a little less than 2 GiB. */
export const CHUNK_BYTES: number = 2 ** 30;

/** What is no file with bytes of its own: a folder, a device, a pipe, or a link to one. */
export class NotAFileError extends Error {
  override readonly name = 'NotAFileError';
}

/**
 * The size of a file, before anything of it is read.
 *
 * @throws NotAFileError, and the errors of the system
 */
export async function sizeOfFile(path: string): Promise<number> {
  const stats = await stat(path);
  if (!stats.isFile()) throw new NotAFileError('something that is no file');
  return stats.size;
}

/**
 * Reads a whole file, but never more than its size. A device or a pipe could go on without end.
 *
 * @param most further bytes are left out; a file may have grown since it was looked at
 * @throws NotAFileError, and the errors of the system
 */
export async function readFileOf(path: string, most: number = Infinity): Promise<Uint8Array<ArrayBuffer>> {
  await sizeOfFile(path); // opening a device may already do something
  // Another file may have taken the place. The flag makes a pipe open at once, and has no effect on files.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    if (!stats.isFile()) throw new NotAFileError('something that is no file');
    return await readBytes(file, Math.min(stats.size, most));
  } finally {
    await file.close();
  }
}

async function readBytes(file: FileHandle, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const { bytesRead } = await file.read(bytes, length, Math.min(size - length, CHUNK_BYTES));
    if (bytesRead === 0) return bytes.slice(0, length); // somebody cut it meanwhile
    length += bytesRead;
  }
  return bytes;
}

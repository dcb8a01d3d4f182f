import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './run.mjs';

/** Where the hash of the sources of the current `dist` is kept. */
export const hashFile = join(root, '.build', 'dist.hash');

const inputs = [
  'src',
  'scripts/build.mjs',
  'scripts/buildWasm.mjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'tsup.config.ts',
];

/** A hash over everything that `dist` is made of. */
export async function sourceHash() {
  const hash = createHash('sha256');
  for (const input of inputs) {
    const path = join(root, input);
    const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => null);
    const files = entries
      ?.filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)) ?? [path];
    for (const file of files.filter(isSource).sort()) hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex');
}

/** Whether `dist` is missing or was built from other sources. */
export async function distIsStale() {
  if (!existsSync(join(root, 'dist', 'index.js')) || !existsSync(hashFile)) return true;
  return (await readFile(hashFile, 'utf8')) !== (await sourceHash());
}

/** The kernels' binary is made by the build, so it is not one of its sources. */
function isSource(file) {
  return !/[\\/]generated[\\/]/.test(file);
}

// Builds `dist`: the embedded WebAssembly kernels, one JavaScript file a module (tsup), a declaration beside each (tsc).
// Works in a folder of its own and swaps it in at the end, so that whoever imports `dist` meanwhile sees a whole build.
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sourceHash, hashFile } from './lib/sourceHash.mjs';
import { root, run } from './lib/run.mjs';

const fresh = `dist-${process.pid}`;
const old = `${fresh}-old`;

try {
  const hash = await sourceHash();
  if (existsSync(`${root}/scripts/buildWasm.mjs`)) await run(process.execPath, ['scripts/buildWasm.mjs']);
  // isolatedDeclarations makes declarations a matter of one file each; `npm run types` is what checks types.
  await Promise.all([
    run('tsup', ['--silent', '--out-dir', fresh]),
    run('tsc', ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', fresh]),
  ]);
  await forgetSideEffects(`${root}/${fresh}`);
  if (existsSync(`${root}/dist`)) await rename(`${root}/dist`, `${root}/${old}`);
  await rename(`${root}/${fresh}`, `${root}/dist`);
  await mkdir(`${root}/.build`, { recursive: true });
  await writeFile(hashFile, hash);
} finally {
  await rm(`${root}/${old}`, { recursive: true, force: true });
  await rm(`${root}/${fresh}`, { recursive: true, force: true });
}

/** An import for its effect declares no type; in a declaration it only asks users' tools to resolve it. Lines stay. */
async function forgetSideEffects(folder) {
  const files = await readdir(folder, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.d.ts'))) {
    const path = join(folder, file);
    const text = await readFile(path, 'utf8');
    const types = text.replace(/^import '[^']+';$/gm, '');
    if (types !== text) await writeFile(path, types);
  }
}

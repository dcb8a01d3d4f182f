// Builds `dist`: the WebAssembly kernels, one JavaScript file a module (tsup), and a declaration beside each
// (tsc). The work is done in another folder, which takes the place of `dist` at the end: whoever imports
// `dist` meanwhile sees a whole build.
import { existsSync, rmSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root, run } from './lib/run.mjs';
import { hashFile, sourceHash } from './lib/sourceHash.mjs';

const dist = join(root, 'dist');
const fresh = `${dist}-${process.pid}`;
const old = `${fresh}-old`;
process.on('exit', () => {
  for (const folder of [old, fresh]) rmSync(folder, { recursive: true, force: true });
});

const hash = await sourceHash();
await run(process.execPath, ['scripts/buildWasm.mjs']);
// isolatedDeclarations makes a declaration a matter of one file; `npm run types` is what checks types.
await Promise.all([
  run('tsup', ['--silent', '--out-dir', fresh]),
  run('tsc', ['-p', 'tsconfig.build.json', '--noCheck', '--outDir', fresh]),
]);
await forgetSideEffects(fresh);
if (existsSync(dist)) await rename(dist, old);
await rename(fresh, dist);
await mkdir(join(root, '.build'), { recursive: true });
await writeFile(hashFile, hash);

/** An import for its effect declares no type; it only asks users' tools to resolve it. Lines stay. */
async function forgetSideEffects(folder) {
  const files = await readdir(folder, { recursive: true });
  for (const file of files.filter((name) => name.endsWith('.d.ts'))) {
    const path = join(folder, file);
    const text = await readFile(path, 'utf8');
    const types = text.replace(/^import '[^']+';$/gm, '');
    if (types !== text) await writeFile(path, types);
  }
}

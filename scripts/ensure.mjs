// Makes a fresh or outdated checkout ready. It installs packages if they differ from the lockfile, and
// compiles the kernels if their sources changed. With `--dist` it builds `dist` too, for those who use the
// package as its users do. It needs nothing but Node, and is done at once where nothing is to do.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root, run } from './lib/run.mjs';
import { distIsStale } from './lib/sourceHash.mjs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`tfjs-seq2seq needs Node 20.19 or newer; this is ${process.version}.`);
  process.exit(1);
}
if (!(await packagesAreInstalled())) {
  console.log('Installing packages (npm ci) …');
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}
if (!process.argv.includes('--dist')) {
  const { buildWasm } = await import('./buildWasm.mjs');
  await buildWasm();
} else if (await distIsStale()) {
  console.log('Building dist …');
  await run(process.execPath, ['scripts/build.mjs']);
}

/** Compares what npm recorded inside `node_modules` with the lockfile. */
async function packagesAreInstalled() {
  const wanted = await readJson('package-lock.json');
  const installed = await readJson(join('node_modules', '.package-lock.json'));
  if (installed === null) return false;
  return Object.entries(wanted.packages).every(
    ([path, { version, optional }]) =>
      path === '' || optional || installed.packages[path]?.version === version,
  );
}

async function readJson(path) {
  return JSON.parse(await readFile(join(root, path), 'utf8').catch(() => 'null'));
}

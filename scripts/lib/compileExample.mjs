import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { root } from './run.mjs';

/**
 * Makes JavaScript of an example and of its own files. That starts in half the time that a loader of
 * TypeScript takes, since a loader looks at every file of the package as well.
 *
 * @returns the address of the file, which lies in the repository and so finds the package by its name
 */
export async function compileExample(name) {
  const source = join(root, 'examples', `${name}.ts`);
  const { outputFiles } = await build({
    entryPoints: [source],
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(source).href) }, // each reads its own head
    bundle: true,
    packages: 'external',
    tsconfig: join(root, 'tsconfig.build.json'), // in which the package's name is no path
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const file = join(root, '.build', 'examples', `${name}.mjs`);
  await mkdir(dirname(file), { recursive: true });
  // Written beside and renamed, so that another run of it never reads half a file.
  await writeFile(`${file}.${process.pid}`, outputFiles[0].contents);
  await rename(`${file}.${process.pid}`, file);
  return pathToFileURL(file).href;
}

// Runs one of the examples, `npm run example -- NAME [OPTIONS]`; without a name lists them.
// `npm run example -- NAME --copy FOLDER` writes it into a folder that stands by itself.
import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { root } from './lib/run.mjs';

const folder = join(root, 'examples');
const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
const names = files.map((file) => file.slice(0, -'.ts'.length));
const [name, ...options] = process.argv.slice(2);

if (!names.includes(name)) {
  const wantsList = name === undefined || name === '--help';
  if (!wantsList) console.error(`There is no example named ${name}.\n`);
  console.log('npm run example -- NAME [OPTIONS], such as --help, or --copy FOLDER. There are:\n');
  const width = Math.max(...names.map((each) => each.length));
  for (const each of names) console.log(`  ${each.padEnd(width)}  ${await description(each)}`);
  process.exitCode = wantsList ? 0 : 1;
} else if (options.includes('--copy')) {
  await copy();
} else {
  const { compileExample } = await import('./lib/compileExample.mjs');
  process.argv = [...process.argv.slice(0, 2), ...options];
  await import(await compileExample(name));
}

/** The package comes along as a tarball: what this checkout has may not be published yet. */
async function copy() {
  const [option, target, ...rest] = options;
  if (option !== '--copy' || target === undefined || target.startsWith('-') || rest.length > 0) {
    console.error(
      '--copy takes a folder and goes with no other option: npm run example -- NAME --copy FOLDER',
    );
    process.exitCode = 1;
    return;
  }
  const { copyExample } = await import('./lib/copyExample.mjs'); // loads the TypeScript compiler
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const tarball = `tfjs-seq2seq-${version}.tgz`;
  const destination = resolve(process.env.INIT_CWD ?? process.cwd(), target);
  try {
    const written = await copyExample(name, destination, `file:${tarball}`);
    execFileSync('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', destination], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    console.log([...written, tarball].map((file) => `  ${file}`).join('\n'));
    console.log(`\ncd ${target} && npm install && npm start`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** The first paragraph of the comment at the head of the file. */
async function description(example) {
  const text = await readFile(join(folder, `${example}.ts`), 'utf8');
  const paragraph = /^\/\*\*\n((?: \* .+\n)+)/.exec(text)?.[1] ?? '';
  return paragraph.replaceAll(/^ \* /gm, '').trim().replaceAll('\n', ' ');
}

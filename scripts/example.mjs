// Runs one of the examples, `npm run example -- NAME [OPTIONS]`; without a name lists them.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, root } from './lib/run.mjs';

const folder = join(root, 'examples');
const files = (await readdir(folder)).filter((file) => file.endsWith('.ts')).sort();
const names = files.map((file) => file.slice(0, -'.ts'.length));
const [name, ...options] = process.argv.slice(2);

if (names.includes(name)) {
  process.exitCode = await exitCode('tsx', [
    '--tsconfig',
    'tsconfig.build.json',
    join('examples', `${name}.ts`),
    ...options,
  ]);
} else {
  const wantsList = name === undefined || name === '--help';
  if (!wantsList) console.error(`There is no example named ${name}.\n`);
  console.log('npm run example -- NAME [OPTIONS], such as --help. There are:\n');
  const width = Math.max(...names.map((each) => each.length));
  for (const each of names) console.log(`  ${each.padEnd(width)}  ${await description(each)}`);
  process.exitCode = wantsList ? 0 : 1;
}

/** The first paragraph of the comment at the head of the file. */
async function description(example) {
  const text = await readFile(join(folder, `${example}.ts`), 'utf8');
  const paragraph = /^\/\*\*\n((?: \* .+\n)+)/.exec(text)?.[1] ?? '';
  return paragraph.replaceAll(/^ \* /gm, '').trim().replaceAll('\n', ' ');
}

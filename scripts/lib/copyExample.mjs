import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import ts from 'typescript';
import { root } from './run.mjs';

const examples = join(root, 'examples');

/**
 * Writes an example into a folder of its own: the file, all that it imports of this repository, a
 * package.json and a tsconfig.json. After `npm install`, `npm start` runs it there.
 *
 * @param name of the example, `dates`
 * @param folder is made where it is missing, and must be empty
 * @param library where npm finds this package: a version, or a file
 * @returns what was written, as paths in the folder
 * @throws an error of one line where the folder is not empty
 */
export async function copyExample(name, folder, library) {
  const present = await readdir(folder).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw new Error(`--copy ${folder}: ${error.message}`);
  });
  if (present.length > 0) throw new Error(`--copy ${folder}: the folder must be empty or new.`);

  const { files, packages } = await collect(`${name}.ts`);
  const written = new Map([...files].map(([path, text]) => [path, withOwnCommands(text)]));
  written.set('package.json', json(await describe(name, packages, library)));
  written.set('tsconfig.json', json(TYPESCRIPT));
  for (const [path, text] of written) {
    await mkdir(join(folder, dirname(path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return [...written.keys()];
}

/** A file of `examples` and all that it imports from there, by path; and the packages that they import. */
async function collect(first) {
  const files = new Map();
  const packages = new Set();
  const waiting = [first];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    const text = await readFile(join(examples, path), 'utf8');
    files.set(path, text);
    for (const { fileName } of ts.preProcessFile(text).importedFiles) {
      if (fileName.startsWith('.')) {
        const file = join(examples, dirname(path), fileName.replace(/\.js$/, '.ts'));
        waiting.push(relative(examples, file).replaceAll(sep, '/'));
      } else if (!fileName.startsWith('node:')) {
        packages.add(fileName.split('/', fileName.startsWith('@') ? 2 : 1).join('/'));
      }
    }
  }
  return { files, packages };
}

async function describe(name, packages, library) {
  const { engines, devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const versions = { ...devDependencies, 'tfjs-seq2seq': library };
  const pick = (names) => Object.fromEntries([...names].sort().map((each) => [each, versions[each]]));
  return {
    name,
    version: '0.0.0',
    private: true,
    type: 'module',
    engines,
    scripts: { start: `tsx ${name}.ts`, types: 'tsc' },
    dependencies: pick([...packages, 'tsx']),
    devDependencies: pick(['@types/node', 'typescript']),
  };
}

/** For editors, and for `npm run types`. */
const TYPESCRIPT = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023', 'DOM', 'DOM.Iterable'],
    module: 'NodeNext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  },
};

/** The comment at the head says how to run the example from here; there it is `npm start`. */
function withOwnCommands(text) {
  return text
    .replaceAll(/npm run example -- [\w-]+(?= --)/g, 'npm start --')
    .replaceAll(/npm run (?:example -- [\w-]+|demo|translate)/g, 'npm start');
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

// Writes down what each entry point exports, with all types, and compares it with docs/api-report:
//   npm run api               shows what differs, and ends with code 1
//   npm run api -- --update   writes the pages, so that a change of the public API shows in review
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'prettier';
import { apiReport } from './lib/apiReport.mjs';
import { root } from './lib/run.mjs';

const folder = join(root, 'docs', 'api-report');
const readJson = async (path) => JSON.parse(await readFile(join(root, path), 'utf8'));
const style = { ...(await readJson('.prettierrc.json')), parser: 'typescript' };

const fresh = new Map();
for (const [entry, declarations] of Object.entries(apiReport(await entryPoints())))
  fresh.set(`${entry.replaceAll('/', '-')}.md`, await page(entry, declarations));
const names = await readdir(folder).catch(() => []);
const old = new Map(
  await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name), 'utf8')])),
);

if (process.argv.includes('--update')) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const [name, text] of fresh) await writeFile(join(folder, name), text);
} else {
  const differences = [...new Set([...old.keys(), ...fresh.keys()])].flatMap(difference);
  for (const line of differences) console.log(line);
  if (differences.length > 0) {
    console.log(
      '\nThe public API is not what docs/api-report says. If that is meant: npm run api -- --update',
    );
    process.exitCode = 1;
  }
}

/** The source of every entry point, by what users import. */
async function entryPoints() {
  const { name, exports } = await readJson('package.json');
  const entries = Object.entries(exports).filter(([, target]) => typeof target === 'object');
  return Object.fromEntries(
    entries.map(([path, { types }]) => [
      path.replace('.', name),
      join(root, types.replace('./dist/', 'src/').replace(/\.d\.ts$/, '.ts')),
    ]),
  );
}

async function page(entry, { exported, hidden }) {
  const code = async (declarations) => {
    const text = declarations.map((declaration) => declaration.text).join('\n\n');
    return `\`\`\`ts no-check\n${await format(text, style)}\`\`\`\n`;
  };
  const parts = [
    `# ${entry}\n`,
    'All that this entry point exports. `npm run api` compares, `npm run api -- --update` writes.\n',
    await code(exported),
  ];
  if (hidden.length > 0) parts.push('## Not exported, but named above\n', await code(hidden));
  return parts.join('\n');
}

/** The declarations that only one of the two pages has: `-` what was, `+` what is. */
function difference(name) {
  const [before, after] = [old, fresh].map((pages) => (pages.get(name) ?? '').split('\n\n'));
  const lines = (sign, blocks, others) =>
    blocks.filter((block) => !others.includes(block)).map((block) => block.replaceAll(/^/gm, `${sign} `));
  const found = [...lines('-', before, after), ...lines('+', after, before)];
  return found.length === 0 ? [] : [`\n${name}`, ...found];
}

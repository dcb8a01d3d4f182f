// What to run before a commit: types, lint of what changed, the report of the public API, and the unit tests
// that the changes touch.
// What one run learns is kept in .build for the next.
import { changedFiles } from './lib/changedFiles.mjs';
import { exitCode } from './lib/run.mjs';

const changed = changedFiles();
// With types a rule may find something new in a file that did not change: `npm run lint` reads them all.
const sources = changed.filter((file) => /\.m?[jt]s$/.test(file));
const cache = ['--cache', '--cache-location', '.build/prettier.json'];

const checks = [
  ['tsc', '-p', '.', '--incremental', '--tsBuildInfoFile', '.build/check.tsbuildinfo'],
  ['tsx', 'scripts/architecture.ts'],
  ...(sources.length > 0 ? [['eslint', '--no-warn-ignored', ...sources]] : []),
  ['prettier', '--check', '--log-level', 'warn', '.', ...cache],
  ...(changed.some((file) => file.startsWith('src/')) ? [[process.execPath, 'scripts/api.mjs']] : []),
  [process.execPath, 'scripts/unit.mjs'],
];
let failed = 0;
for (const [command, ...args] of checks) failed += (await exitCode(command, args)) === 0 ? 0 : 1;
if (changed.some((file) => file.startsWith('docs/api-report/')) && !changed.includes('CHANGELOG.md'))
  console.log('The public API changes, and CHANGELOG.md does not say so.');
if (failed > 0) console.error(`${failed} of ${checks.length} checks failed.`);
process.exitCode = failed > 0 ? 1 : 0;

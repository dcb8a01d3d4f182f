// What to run before a commit: types, lint of what changed, and the unit tests that the changes touch.
// Side by side, since each of them uses one core; tsc keeps in .build what it has learnt.
import { changedFiles } from './lib/changedFiles.mjs';
import { exitCode } from './lib/run.mjs';
import { runSections } from './lib/sections.mjs';

const changed = changedFiles();
// With types a rule may find something new in a file that did not change: `npm run lint` reads them all.
const sources = changed.filter((file) => /\.m?[jt]s$/.test(file));

const section = (name, ...line) => ({
  name,
  run: async (onOutput) => (await exitCode(line[0], line.slice(1), { onOutput })) === 0,
});
const failed = await runSections(
  [
    section('unit tests', process.execPath, 'scripts/unit.mjs'),
    ...(sources.length > 0 ? [section('eslint', 'eslint', '--no-warn-ignored', ...sources)] : []),
    section('types', 'tsc', '-p', '.', '--incremental', '--tsBuildInfoFile', '.build/check.tsbuildinfo'),
    ...(changed.length > 0
      ? [section('prettier', 'prettier', '--check', '--log-level=warn', '--ignore-unknown', ...changed)]
      : []),
    section('architecture', 'tsx', 'scripts/architecture.ts'),
  ],
  2,
);
for (const name of failed) console.error(`✗ ${name} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;

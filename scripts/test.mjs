// Runs the test suites one after the other and ends with what they found together:
//   node scripts/test.mjs [SUITE…] [--coverage]
// The counts also go to .build/reports, one JSON file a suite.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, root, run } from './lib/run.mjs';

const coverage = process.argv.includes('--coverage') ? ['--coverage'] : [];

/** Commands are local tools; with `dist` a suite tests the built package, the others test the sources. */
const suites = [
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'unit', vitest: coverage },
  { name: 'parity', command: ['tsx', 'test/parity/run.ts'] },
  { name: 'docs', vitest: ['--config', 'test/docs/vitest.config.ts'], dist: true },
  { name: 'examples', vitest: ['--config', 'test/examples/vitest.config.ts'], dist: true },
  { name: 'package', vitest: ['--config', 'test/package/vitest.config.ts'], dist: true },
  { name: 'browser', vitest: ['--config', 'test/browser/vitest.config.ts'] },
  { name: 'web', vitest: ['--config', 'test/web/vitest.config.ts'], dist: true },
];

const reports = join(root, '.build', 'reports');
const wanted = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `npm test: no suite named ${unknown.join(', ')}; there are ${suites.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });
const chosen = suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
if (chosen.some(({ dist }) => dist)) await run(process.execPath, ['scripts/ensure.mjs', '--dist']);
const results = [];
for (const suite of chosen) {
  console.log(`\n── ${suite.name} ${'─'.repeat(70 - suite.name.length)}`);
  const start = performance.now();
  const counts = await (suite.vitest === undefined ? runCommand(suite.command) : runVitest(suite));
  const result = { name: suite.name, ...counts, seconds: (performance.now() - start) / 1000 };
  await writeFile(join(reports, `${suite.name}.json`), JSON.stringify(result));
  results.push(result);
}

console.log('');
for (const { name, passed, failed, seconds } of results) {
  console.log(
    `${failed > 0 ? '✗' : '✓'} ${name.padEnd(8)} ${passed} passed, ${failed} failed, ${seconds.toFixed(1)} s`,
  );
}
const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
console.log(`\n${total('passed')} passed, ${total('failed')} failed`);
process.exitCode = total('failed') > 0 ? 1 : 0;

/** A command counts by its last line `N passed, N failed`, or else as one test. */
async function runCommand([command, ...args]) {
  let output = '';
  const code = await exitCode(command, args, { onOutput: (text) => (output += text) });
  const [passed, failed] =
    [...output.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1)?.slice(1).map(Number) ?? [];
  if (passed === undefined) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  return { passed, failed: code === 0 ? failed : Math.max(failed, 1) };
}

async function runVitest({ name, vitest }) {
  const file = join(reports, `${name}.vitest.json`);
  const code = await exitCode('vitest', [
    'run',
    ...vitest,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${file}`,
  ]);
  const report = await readFile(file, 'utf8').then(JSON.parse, () => ({
    numPassedTests: 0,
    numFailedTests: 0,
  }));
  // A file that does not load, a coverage threshold or a stray rejection fails the run without failing a test.
  const failed = code === 0 ? report.numFailedTests : Math.max(report.numFailedTests, 1);
  return { passed: report.numPassedTests, failed };
}

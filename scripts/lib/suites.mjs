import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCode, root } from './run.mjs';

/** The suites of `npm test`. A `command` is a local tool; with `dist` a suite tests the built package. */
export const suites = [
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'unit', vitest: 'vitest.config.ts' },
  { name: 'learning', vitest: 'test/learning/vitest.config.ts' },
  { name: 'parity', command: ['tsx', 'test/parity/run.ts'] },
  { name: 'docs', vitest: 'test/docs/vitest.config.ts', dist: true },
  { name: 'examples', vitest: 'test/examples/vitest.config.ts', dist: true },
  { name: 'package', vitest: 'test/package/vitest.config.ts', dist: true },
  { name: 'browser', vitest: 'test/browser/vitest.config.ts' },
  { name: 'web', vitest: 'test/web/vitest.config.ts', dist: true },
];

/** Some unit tests, to be seen on another Node: what starts backends, runs kernels and reads files. */
export const smoke = {
  name: 'smoke',
  vitest: 'vitest.config.ts',
  files: [
    ...['test/core/', 'test/data/', 'test/node/', 'test/model/weights/', 'test/backend/useBackend.test.ts'],
    ...['installWasmKernels', 'growth', 'recurrent'].map((name) => `test/backend/wasm/${name}.test.ts`),
  ],
};

/** Where each run of a suite leaves its counts, in a JSON file of its own. */
export const reports = join(root, '.build', 'reports');

/**
 * Runs one suite.
 *
 * @param options `name` of the report, by default the suite's; `args` for vitest; the rest is for `exitCode`
 * @returns how many tests passed and failed, and how long it took
 */
export async function runSuite(suite, { name = suite.name, args = [], ...options } = {}) {
  await mkdir(reports, { recursive: true });
  const start = performance.now();
  const counts = await (suite.vitest === undefined
    ? runCommand(suite.command, options)
    : runVitest(
        join(reports, `${name}.vitest.json`),
        ['--config', suite.vitest, ...(suite.files ?? []), ...args],
        options,
      ));
  const result = { name, ...counts, seconds: (performance.now() - start) / 1000 };
  await writeFile(join(reports, `${name}.json`), JSON.stringify(result));
  return result;
}

/** A command counts by its last line `N passed, N failed`, or else as one test. */
async function runCommand(
  [command, ...args],
  { onOutput = (text) => process.stdout.write(text), ...options },
) {
  let output = '';
  const read = (text) => {
    output += text;
    onOutput(text);
  };
  const code = await exitCode(command, args, { ...options, onOutput: read });
  const [passed, failed] =
    [...output.matchAll(/(\d+) passed, (\d+) failed/g)].at(-1)?.slice(1).map(Number) ?? [];
  if (passed === undefined) return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  return { passed, failed: code === 0 ? failed : Math.max(failed, 1) };
}

async function runVitest(report, args, options) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await exitCode('vitest', ['run', ...args, ...reporters], options);
  const { numPassedTests, numFailedTests } = await readFile(report, 'utf8').then(JSON.parse, () => ({
    numPassedTests: 0,
    numFailedTests: 0,
  }));
  // A run may fail without a failing test: by a file that does not load, or too little coverage.
  const failed = code === 0 ? numFailedTests : Math.max(numFailedTests, 1);
  return { passed: numPassedTests, failed };
}

// Everything that must hold, from a clean checkout: .ci/run
// Sections run side by side, each on one core; one that measures time runs alone. A failure stops nothing, so
// that one run shows all of them. The last line counts all tests; a section that fails without a failing test
// counts as one.
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { installChromium } from './lib/installChromium.mjs';
import { installNode } from './lib/installNode.mjs';
import { exitCode } from './lib/run.mjs';
import { runSections } from './lib/sections.mjs';
import { reports, runSuite, smoke, suites } from './lib/suites.mjs';

/** Before packages were installed, in seconds. */
const started = Number(process.env.CI_STARTED ?? Date.now() / 1000);
const lanes = Math.min(availableParallelism(), 4);
/** One core for each section. */
const env = { VITEST_MAX_WORKERS: '1' };
const counts = [];

/** A command of this project. */
const command = (name, ...line) => ({
  name,
  run: async (onOutput) => (await exitCode(line[0], line.slice(1), { onOutput })) === 0,
});

/** A suite of `npm test`. */
function suite(name, { needs = [], alone, args } = {}) {
  const found = suites.find((each) => each.name === name);
  return {
    name,
    needs: found.dist ? ['build', ...needs] : needs,
    alone,
    run: (onOutput) => passes(found, { args, onOutput }),
  };
}

/** What shows whether another Node does the same: numbers against PyTorch's, files, backends. */
const underNode = (major) => ({
  name: `Node ${major}`,
  async run(onOutput) {
    const node = await installNode(major, { onOutput });
    const parity = suites.find(({ name }) => name === 'parity');
    const results = [
      await passes(parity, { name: `parity-node${major}`, node, onOutput }),
      await passes(smoke, { name: `smoke-node${major}`, node, onOutput }),
    ];
    return results.every(Boolean);
  },
});

async function passes(suite, options) {
  const result = await runSuite(suite, { env, ...options });
  counts.push(result);
  return result.failed === 0;
}

/** The main job as a user starts it: it must learn, and say so in its last line. */
async function demo(onOutput) {
  let output = '';
  const code = await exitCode('npm', ['run', '--silent', 'demo', '--', '--json'], {
    onOutput: (text) => {
      output += text;
      onOutput(text);
    },
  });
  const result = JSON.parse(output.trimEnd().split('\n').at(-1));
  const keys = [
    'backend',
    'pairs',
    'trainSeconds',
    'targetTokensPerSecond',
    'heldOutExactMatch',
    'heldOutBleu',
  ];
  if (keys.join() !== Object.keys(result).join()) throw new Error(`keys: ${Object.keys(result)}`);
  if (!(result.heldOutExactMatch >= 0.95))
    throw new Error(`held-out exact match ${result.heldOutExactMatch} is below 0.95`);
  return code === 0;
}

/** The longest first, so that none of them is left at the end. */
const sections = [
  { name: 'chromium', run: installChromium },
  command('build', process.execPath, 'scripts/ensure.mjs', '--dist'),
  suite('unit', { args: ['--coverage', '--coverage.reporter=text-summary'] }),
  suite('browser', { needs: ['chromium'] }),
  suite('learning'),
  suite('examples', { args: ['--maxConcurrency=1'] }),
  { name: 'demo', needs: ['build'], run: demo },
  suite('package', { needs: ['chromium'] }),
  underNode(22),
  underNode(24),
  command('lint', 'npm', 'run', '--silent', 'lint'),
  suite('docs'),
  suite('types'),
  suite('parity'),
  command('public API', 'npm', 'run', '--silent', 'api'),
  command('API reference', 'npm', 'run', '--silent', 'docs'),
  command('unused code (knip)', 'npm', 'run', '--silent', 'knip'),
  suite('web', { needs: ['chromium'], alone: true }),
];

await rm(reports, { recursive: true, force: true });
const failed = await runSections(sections, lanes, { announce: true });
const sum = (key) => counts.reduce((total, count) => total + count[key], 0);
for (const name of failed) console.log(`✗ ${name} failed`);
console.log(`CI took ${(Date.now() / 1000 - started).toFixed(0)} s`);
const failures = Math.max(sum('failed'), failed.length);
console.log(`${sum('passed')} passed, ${failures} failed`);
process.exitCode = failures > 0 ? 1 : 0;

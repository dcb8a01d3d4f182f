// Runs the test suites one after the other and ends with what they found together:
//   node scripts/test.mjs [SUITE…] [--coverage] [--node 24]
//   node scripts/test.mjs --ci    all of them side by side, with lint, documentation and the demo: see ci.mjs
// With `--node` all runs under another major version of Node, which is downloaded once.
// The counts also go to .build/reports, one JSON file a suite.
import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { installNode } from './lib/installNode.mjs';
import { run } from './lib/run.mjs';
import { reports, runSuite, suites } from './lib/suites.mjs';

const { values, positionals: wanted } = parseArgs({
  options: { ci: { type: 'boolean' }, coverage: { type: 'boolean' }, node: { type: 'string' } },
  allowPositionals: true,
});
if (values.ci) {
  await import('./ci.mjs');
  process.exit();
}
const unknown = wanted.filter((name) => !suites.some((suite) => suite.name === name));
if (unknown.length > 0) {
  console.error(
    `npm test: no suite named ${unknown.join(', ')}; there are ${suites.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}
const chosen = suites.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

await rm(reports, { recursive: true, force: true });
if (chosen.some(({ dist }) => dist)) await run(process.execPath, ['scripts/ensure.mjs', '--dist']);
const node = values.node === undefined ? undefined : await installNode(values.node);
const results = [];
for (const suite of chosen) {
  console.log(`\n── ${suite.name} ${'─'.repeat(70 - suite.name.length)}`);
  const args = suite.name === 'unit' && values.coverage ? ['--coverage'] : [];
  results.push(await runSuite(suite, { args, node }));
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

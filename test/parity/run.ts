/**
 * Compares this library with PyTorch, case by case, on each backend: `npm run parity [part of a name]`.
 * Reads `test/fixtures/torch`, or the folder in TORCH_FIXTURES.
 */
import { memory } from '@tensorflow/tfjs-core';
import { useBackend } from '../../src/backend/index.js';
import { ADAPTERS } from './adapters/index.js';
import { checkTensors } from './checkTensors.js';
import { compareValues, TOLERANCE, type Findings } from './compare.js';
import { readFixtures, type Fixture } from './fixture.js';

const BACKENDS = ['wasm', 'cpu'] as const;
const folder = process.env['TORCH_FIXTURES'] ?? new URL('../fixtures/torch', import.meta.url).pathname;
const fixtures = [...readFixtures(folder)].filter(({ name }) => name.includes(process.argv[2] ?? ''));

let passed = 0;
let failed = 0;
const missing = new Set<string>();
for (const backend of BACKENDS) {
  await useBackend(backend);
  for (const fixture of fixtures) {
    const findings = await check(fixture);
    if (findings === null) {
      missing.add(`${fixture.name} (${fixture.kind})`);
      continue;
    }
    const { failures, worst, compared } = findings;
    if (failures.length === 0) passed++;
    else failed++;
    const verdict = failures.length === 0 ? 'ok  ' : 'FAIL';
    const distance = `${compared} values, worst at ${worst.toPrecision(2)} of its tolerance`;
    console.log(`${verdict} ${backend.padEnd(4)} ${fixture.name} (${distance})`);
    for (const failure of failures) console.log(`       ${failure}`);
  }
}
if (missing.size > 0) console.log(`not built yet: ${[...missing].join(', ')}`);
if (passed + failed === 0) console.log(`no case was run from ${folder}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

/** `null` where the library cannot build the case yet. */
async function check(fixture: Fixture): Promise<Findings | null> {
  const findings: Findings = { worst: 0, compared: 0, failures: [] };
  const before = memory().numTensors;
  try {
    const built = ADAPTERS.get(fixture.kind)?.(fixture) ?? null;
    if (built === null) return null;
    for (const check of (await built.numbers?.()) ?? []) {
      const { what, actual, expected, tolerance = TOLERANCE.metric } = check;
      compareValues(findings, what, [actual], [expected], tolerance);
    }
    if ('outputs' in built) {
      checkTensors(fixture, built, findings);
      built.dispose();
    }
    const left = memory().numTensors - before;
    if (left !== 0) findings.failures.push(`${left} tensors were left behind`);
  } catch (error) {
    findings.failures.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  if (findings.compared === 0) findings.failures.push('nothing was compared');
  return findings;
}

/**
 * Compares this library with PyTorch, case by case, on each backend: `npm run parity [part of a name]`.
 * Reads `test/fixtures/torch`, or the folder in TORCH_FIXTURES.
 */
import { registerKernel } from '@tensorflow/tfjs-core';
import { useBackend } from '../../src/backend/index.js';
import { uninstallWasmKernels } from '../../src/backend/wasm/index.js';
import { plainSegmentSum } from '../../src/backend/wasm/plainSegmentSum.js';
import { checkFixture } from './checkFixture.js';
import { readFixtures } from './readFixtures.js';

const BACKENDS: Readonly<Record<string, () => Promise<unknown>>> = {
  wasm: () => useBackend('wasm'),
  // What `useBackend` leaves where the kernels cannot be installed.
  async 'wasm without kernels'() {
    await useBackend('wasm');
    uninstallWasmKernels();
    registerKernel(plainSegmentSum);
  },
  cpu: () => useBackend('cpu'),
};
const folder = process.env['TORCH_FIXTURES'] ?? new URL('../fixtures/torch', import.meta.url).pathname;
const fixtures = [...readFixtures(folder)].filter(({ name }) => name.includes(process.argv[2] ?? ''));

let passed = 0;
let failed = 0;
const missing = new Set<string>();
for (const [backend, prepare] of Object.entries(BACKENDS)) {
  await prepare();
  for (const fixture of fixtures) {
    const findings = await checkFixture(fixture);
    if (findings === null) {
      missing.add(`${fixture.name} (${fixture.kind})`);
      continue;
    }
    const { failures, worst, compared } = findings;
    if (failures.length === 0) passed++;
    else failed++;
    const verdict = failures.length === 0 ? 'ok  ' : 'FAIL';
    const distance = `${compared} values, worst at ${worst.toPrecision(2)} of its tolerance`;
    console.log(`${verdict} ${backend.padEnd(20)} ${fixture.name} (${distance})`);
    for (const failure of failures) console.log(`       ${failure}`);
  }
}
if (missing.size > 0) console.log(`not built yet: ${[...missing].join(', ')}`);
if (passed + failed === 0) console.log(`no case was run from ${folder}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

import { memory } from '@tensorflow/tfjs-core';
import { ADAPTERS } from './adapters/index.js';
import { checkTensors } from './checkTensors.js';
import { compareValues, TOLERANCE, type Findings } from './compare.js';
import type { Fixture } from './fixture.js';

/**
 * Compares one case with its golden values on the backend in use, and asserts that it leaves no tensors.
 *
 * @returns `null` where the library cannot build the case yet
 */
export async function checkFixture(fixture: Fixture): Promise<Findings | null> {
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
      await checkTensors(fixture, built, findings);
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

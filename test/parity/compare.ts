import type { Tensor } from '@tensorflow/tfjs-core';
import type { StoredTensor } from '../support/safetensors.js';

/** Largest absolute error per element, times the largest expected magnitude where that exceeds 1. */
export const TOLERANCE = { output: 1e-5, gradient: 2e-5, weight: 2e-5, score: 1e-4, metric: 1e-9 } as const;

/** What a case found: how far off it is at most, in shares of the tolerance, and what is too far off. */
export interface Findings {
  worst: number;
  compared: number;
  readonly failures: string[];
}

/** Compares a tensor with its expected values; reads it as every backend can, without blocking. */
export async function compareTensor(
  findings: Findings,
  what: string,
  actual: Tensor | undefined,
  expected: StoredTensor,
  tolerance: number,
): Promise<void> {
  if (actual === undefined) return void findings.failures.push(`${what} is missing`);
  if (actual.shape.join() !== expected.shape.join()) {
    return void findings.failures.push(`${what} has shape [${actual.shape}], not [${expected.shape}]`);
  }
  compareValues(findings, what, await actual.data(), expected.data, tolerance);
}

/** Compares numbers; NaN is never right. */
export function compareValues(
  findings: Findings,
  what: string,
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  let largest = 1;
  let error = 0;
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs((actual[i] as number) - (expected[i] as number));
    largest = Math.max(largest, Math.abs(expected[i] as number));
    error = Number.isNaN(distance) ? Infinity : Math.max(error, distance);
  }
  const share = error / (tolerance * largest);
  findings.compared++;
  findings.worst = Math.max(findings.worst, share);
  if (share > 1)
    findings.failures.push(`${what} is off by ${error.toExponential(2)} (${share.toFixed(1)} tolerances)`);
}

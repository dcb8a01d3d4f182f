import { mismatch } from '../../core/errors.js';
import type { HypothesisNode } from './hypothesisNode.js';

/** The least attention that a source position counts as having got. It keeps the logarithm finite. */
const LEAST_COVERAGE = 1e-10;

/**
 * Σᵢ log(min(Σₜ aₜᵢ, 1)) over the source positions i (Wu et al. 2016, eq. 14). It is 0 where every position
 * got attention, and negative elsewhere.
 */
export function coverage(where: string, last: HypothesisNode): number {
  if (last.attention === null) {
    throw mismatch('incompatible-parts', {
      where,
      expected: 'a step function that returns attention, for coveragePenalty',
      received: undefined,
      hint: 'Leave coveragePenalty out, or use a model with attention.',
    });
  }
  const sums = new Float64Array(last.attention.length);
  for (let node: HypothesisNode | null = last; node !== null; node = node.parent) {
    const { attention } = node;
    if (attention === null || attention.length !== sums.length) {
      throw mismatch('invalid-shape', {
        where,
        expected: `attention over ${sums.length} source positions at every step`,
        received: attention?.length,
      });
    }
    attention.forEach((weight, i) => (sums[i] = (sums[i] as number) + weight));
  }
  return sums.reduce((total, sum) => total + Math.log(Math.min(Math.max(sum, LEAST_COVERAGE), 1)), 0);
}

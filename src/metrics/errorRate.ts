import { mismatch } from '../core/errors.js';
import { editDistance } from './editDistance.js';
import { checkPaired, checkSegments, type Segment } from './segments.js';

/** What {@link wordErrorRate} and {@link characterErrorRate} find. */
export interface ErrorRate {
  /** `edits / referenceLength`: 0 is perfect; above 1 where there are more errors than units. */
  readonly rate: number;
  /** Insertions, deletions and substitutions over the whole corpus. */
  readonly edits: number;
  /** Units (words or characters) of all references. */
  readonly referenceLength: number;
}

/** Sums edits and reference lengths over a corpus, after `split`. */
export function errorRate(
  where: string,
  hypotheses: readonly Segment[],
  references: readonly Segment[],
  split: (text: string) => readonly string[],
): ErrorRate {
  checkPaired(where, hypotheses, references);
  checkSegments(where, [...hypotheses, ...references]);
  const unitsOf = (segment: Segment): readonly string[] =>
    typeof segment === 'string' ? split(segment) : segment;
  let edits = 0;
  let referenceLength = 0;
  hypotheses.forEach((hypothesis, n) => {
    const reference = unitsOf(references[n]!);
    edits += editDistance(unitsOf(hypothesis), reference);
    referenceLength += reference.length;
  });
  if (referenceLength === 0) {
    throw mismatch('invalid-input', {
      where,
      expected: 'a reference that is not empty',
      received: references,
    });
  }
  return { rate: edits / referenceLength, edits, referenceLength };
}

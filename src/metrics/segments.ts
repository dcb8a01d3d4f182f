import { mismatch } from '../core/errors.js';

/** A sentence: text, or the tokens of one. */
export type Segment = string | readonly string[];

/** Refuses an empty corpus and lists of different lengths. */
export function checkPaired(
  where: string,
  hypotheses: readonly unknown[],
  references: readonly unknown[],
): void {
  if (!Array.isArray(hypotheses) || hypotheses.length === 0) {
    throw mismatch('invalid-input', {
      where,
      expected: 'a list of at least one hypothesis',
      received: hypotheses,
    });
  }
  if (!Array.isArray(references) || references.length !== hypotheses.length) {
    throw mismatch('invalid-input', {
      where,
      expected: `as many references as hypotheses, ${hypotheses.length},`,
      received: Array.isArray(references) ? references.length : references,
      hint: 'A reference stands at the place of its hypothesis.',
    });
  }
}

/** Refuses anything but all texts or all token lists; returns whether they are token lists. */
export function checkSegments(where: string, segments: readonly unknown[]): boolean {
  const tokenized = typeof segments[0] !== 'string';
  for (const segment of segments) {
    if (tokenized ? !Array.isArray(segment) : typeof segment !== 'string') {
      throw mismatch('invalid-input', {
        where,
        expected: tokenized ? 'every sentence to be a list of tokens' : 'every sentence to be a string',
        received: segment,
        hint: 'Pass text everywhere, or tokens everywhere.',
      });
    }
  }
  return tokenized;
}

import { mismatch } from '../core/errors.js';
import type { Example } from './example.js';

/** @throws `invalid-input` for anything but a list of objects; what they hold is for others to check */
export function checkExamples(where: string, examples: readonly Example[]): void {
  if (!Array.isArray(examples))
    throw mismatch('invalid-input', { where, expected: 'a list of examples', received: examples });
  examples.forEach((example: unknown, index) => {
    if (typeof example === 'object' && example !== null) return;
    const expected = `example ${index} to be an object with source and target`;
    throw mismatch('invalid-input', { where, expected, received: example });
  });
}

import { mismatch } from '../core/errors.js';
import type { Ids } from './example.js';

/** Refuses what is not a whole number from 0 to `size - 1`. `name` says whose ids they are, for the message. */
export function checkIds(where: string, name: string, ids: Ids, size = 0x8000_0000): void {
  for (let position = 0; position < ids.length; position++) {
    const id = ids[position];
    if (Number.isInteger(id) && (id as number) >= 0 && (id as number) < size) continue;
    throw mismatch('invalid-input', {
      where,
      expected: `${name} to hold whole ids from 0 to ${size - 1}, also at position ${position},`,
      received: id,
      hint: 'Was it encoded with another vocabulary?',
    });
  }
}

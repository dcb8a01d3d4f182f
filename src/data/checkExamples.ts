import { mismatch } from '../core/errors.js';
import type { Example, Frames, Ids } from './example.js';

/** Refuses anything but a list of objects. What they hold is for others to check. @throws `invalid-input` */
export function checkExamples(where: string, examples: readonly Example[]): void {
  if (!Array.isArray(examples))
    throw mismatch('invalid-input', { where, expected: 'a list of examples', received: examples });
  examples.forEach((example: unknown, index) => {
    if (typeof example === 'object' && example !== null) return;
    const expected = `example ${index} to be an object with source and target`;
    throw mismatch('invalid-input', { where, expected, received: example });
  });
}

/**
 * Refuses ids that are not whole numbers from 0 to `size - 1`.
 *
 * @param name whose ids they are, for messages
 * @throws `invalid-input`
 */
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

/**
 * Refuses frames of another width, or with anything but finite numbers.
 * One NaN would spread over the whole model.
 *
 * @param place which sequence, such as `of example 3`, for messages
 * @throws `invalid-input`
 */
export function checkFrames(where: string, place: string, frames: Frames, features: number): void {
  frames.forEach((frame, step) => {
    const at = place === '' ? `frame ${step}` : `frame ${step} ${place}`;
    if (frame?.length !== features) {
      const expected = `${features} features in every frame`;
      throw mismatch('invalid-input', { where, expected, received: frame?.length, hint: `Look at ${at}.` });
    }
    for (let i = 0; i < features; i++) {
      if (Number.isFinite(frame[i])) continue;
      const hint = `Look at feature ${i} of ${at}; fill gaps in the data first.`;
      throw mismatch('invalid-input', {
        where,
        expected: 'finite numbers in every frame',
        received: frame[i],
        hint,
      });
    }
  });
}

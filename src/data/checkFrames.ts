import { mismatch } from '../core/errors.js';
import type { Frames } from './example.js';

/**
 * Refuses frames of another width, or with anything but finite numbers: one NaN would spread over the whole model.
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

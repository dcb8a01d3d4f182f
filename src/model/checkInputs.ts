import { mismatch } from '../core/errors.js';
import { encodeInput, type SequenceInput } from './encodeInput.js';
import type { FrameSide, SourceTextSide } from './modelParts.js';

/**
 * Looks at all inputs before any work is done, so that the error names a place in the caller's list: later they are sorted
 * by length and cut into groups.
 *
 * @throws `invalid-input` for anything but an array, and by the first input that does not fit
 */
export function checkInputs(
  where: string,
  side: SourceTextSide | FrameSide,
  inputs: readonly SequenceInput[],
): void {
  checkInputList(where, inputs);
  inputs.forEach((input, i) => encodeInput(`${where}: source ${i}`, side, input));
}

/** @throws `invalid-input` for anything but an array */
export function checkInputList(where: string, inputs: readonly SequenceInput[]): void {
  if (Array.isArray(inputs)) return;
  const hint = 'For a single source, call generate.';
  throw mismatch('invalid-input', { where, expected: 'an array of sources', received: inputs, hint });
}

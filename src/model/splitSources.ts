import { mismatch } from '../core/errors.js';
import { splitInput, type SequenceInput, type SplitInput } from './input/encodeInput.js';
import type { SourceSide } from './modelParts.js';

/**
 * Looks at all sources before any work is done, so that the error names a place in the caller's list: later they are sorted
 * by length and cut into groups. Text is split here, once.
 *
 * @throws `invalid-input` for anything but an array, and by the first source that does not fit
 */
export function splitSources(
  where: string,
  side: SourceSide,
  sources: readonly SequenceInput[],
): SplitInput[] {
  checkSourceList(where, sources);
  return sources.map((source, i) => splitInput(`${where}: source ${i}`, side, source));
}

/** @throws `invalid-input` for anything but an array */
export function checkSourceList(where: string, sources: readonly SequenceInput[]): void {
  if (Array.isArray(sources)) return;
  const hint = 'For a single source, call generate.';
  throw mismatch('invalid-input', { where, expected: 'an array of sources', received: sources, hint });
}

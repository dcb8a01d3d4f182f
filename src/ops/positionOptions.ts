import { mismatch } from '../core/errors.js';
import { oneOf, wholeNumber } from '../core/options.js';

/** Checked position options, plain JSON with the defaults filled in. */
export type PositionConfig<P extends string> = { readonly positions: P; readonly maxLength?: number };

/** Checks the options `positions` and `maxLength` of a block. The first of `choices` is the default. @throws `invalid-option` */
export function positionConfig<P extends string>(
  where: string,
  { positions, maxLength }: { readonly positions?: P; readonly maxLength?: number },
  choices: readonly [P, ...P[]],
): PositionConfig<P> {
  const kind = oneOf(where, 'positions', positions ?? choices[0], choices);
  if (kind === 'learned')
    return { positions: kind, maxLength: wholeNumber(where, 'maxLength', maxLength ?? 512) };
  if (maxLength === undefined) return { positions: kind };
  const expected = "maxLength only with positions: 'learned'";
  throw mismatch('invalid-option', { where, expected, received: maxLength, hint: 'Others have no end.' });
}

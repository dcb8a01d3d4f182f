import { mismatch } from '../core/errors.js';
import { checkOptionNames, wholeNumber } from '../core/options.js';

/** The four tokens that every vocabulary has: padding, start and end of a sequence, and the unknown token. */
export type SpecialTokenName = 'pad' | 'sos' | 'eos' | 'unk';

/** What to change of the default `<pad>` 0, `<sos>` 1, `<eos>` 2, `<unk>` 3: a text, or a text and an id. */
export type SpecialTokens = Partial<Record<SpecialTokenName, string | SpecialToken>>;

/** A special token's text and its id in the vocabulary. */
export interface SpecialToken {
  readonly token: string;
  readonly id: number;
}

/** The names, in the order of their default ids. */
export const specialTokenNames: readonly SpecialTokenName[] = ['pad', 'sos', 'eos', 'unk'];

/** Fills in the defaults; texts and ids must differ from each other. */
export function resolveSpecialTokens(
  where: string,
  options: SpecialTokens,
): Record<SpecialTokenName, SpecialToken> {
  checkOptionNames(`${where}: specialTokens`, options, specialTokenNames);
  const resolved = specialTokenNames.map((name, position): [SpecialTokenName, SpecialToken] => {
    const given = options[name] ?? `<${name}>`;
    const { token, id } = typeof given === 'string' ? { token: given, id: position } : given;
    if (typeof token !== 'string' || token === '') {
      throw mismatch('invalid-option', {
        where,
        expected: `the text of '${name}' not to be empty`,
        received: token,
      });
    }
    return [name, { token, id: wholeNumber(where, `the id of '${name}'`, id, 0) }];
  });
  for (const key of ['token', 'id'] as const) {
    const values = resolved.map(([, special]) => special[key]);
    if (new Set<unknown>(values).size < values.length) {
      throw mismatch('invalid-option', {
        where,
        expected: `each special token to have its own ${key}`,
        received: values,
      });
    }
  }
  return Object.fromEntries(resolved) as Record<SpecialTokenName, SpecialToken>;
}

/** The four tokens that every vocabulary has: padding, start and end of a sequence, and the unknown token. */
export type SpecialTokenName = 'pad' | 'sos' | 'eos' | 'unk';

/** What to change of the default `<pad>` 0, `<sos>` 1, `<eos>` 2, `<unk>` 3: a text, or a text and an id. */
export type SpecialTokens = Partial<Record<SpecialTokenName, string | SpecialToken>>;

/** A special token's text and its id in the vocabulary. */
export interface SpecialToken {
  /** Its text. */
  readonly token: string;
  /** Its place in the vocabulary, from 0. */
  readonly id: number;
}

/** The names, in the order of their default ids. */
export const specialTokenNames: readonly SpecialTokenName[] = ['pad', 'sos', 'eos', 'unk'];

import { boolean, oneOf, type TableOf } from '../../core/options.js';

/** How a tokenizer levels out differences of writing before it splits. */
export interface NormalizationOptions {
  /** Whether to write everything in lower case (locale-independent). Default false. */
  readonly lowercase?: boolean;
  /**
   * Unicode normalization form (UAX #15). `NFC` composes accents. `NFKC` also folds compatibility characters,
   * such as full-width letters and ligatures. `none` leaves the text. Default `NFC`.
   */
  readonly normalization?: 'NFC' | 'NFKC' | 'none';
}

/** Options with every default filled in, as they travel in a file. */
export type Normalization = Required<NormalizationOptions>;

/** How {@link NormalizationOptions} are read. */
export function normalizationTable(): TableOf<Normalization> {
  return {
    lowercase: [boolean, false],
    normalization: [oneOf(['NFC', 'NFKC', 'none']), 'NFC'],
  };
}

/** Applies the options; applying them twice changes nothing more. */
export function normalizeText(text: string, { lowercase, normalization }: Normalization): string {
  const compose = (value: string): string =>
    normalization === 'none' ? value : value.normalize(normalization);
  // Lower-casing can take a text out of its normal form, so that it is composed again.
  return lowercase ? compose(compose(text).toLowerCase()) : compose(text);
}

/** Every run of white space becomes one space; none is left at the ends. */
export function collapseSpaces(text: string): string {
  return text.trim().replace(/\s+/gu, ' ');
}

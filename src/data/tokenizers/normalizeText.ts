import { boolean, checkOptionNames, oneOf } from '../../core/options.js';

/** How a tokenizer levels out differences of writing before it splits. */
export interface NormalizationOptions {
  /** Whether to write everything in lower case (locale-independent). Default false. */
  readonly lowercase?: boolean;
  /**
   * Unicode normalization form (UAX #15). `NFC` composes accents; `NFKC` also folds compatibility characters such as
   * full-width letters and ligatures; `none` leaves the text. Default `NFC`.
   */
  readonly normalization?: 'NFC' | 'NFKC' | 'none';
}

/** Options with every default filled in, as they travel in a file. */
export type Normalization = {
  readonly [name in keyof Required<NormalizationOptions>]: Required<NormalizationOptions>[name];
};

/** Checks the options and fills in the defaults. `more` names what else the caller reads of `options`. */
export function resolveNormalization(
  where: string,
  options: NormalizationOptions,
  more: readonly string[] = [],
): Normalization {
  checkOptionNames(where, options, ['lowercase', 'normalization', ...more]);
  const { lowercase = false, normalization = 'NFC' } = options;
  return {
    lowercase: boolean(where, 'lowercase', lowercase),
    normalization: oneOf(['NFC', 'NFKC', 'none'])(where, 'normalization', normalization),
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

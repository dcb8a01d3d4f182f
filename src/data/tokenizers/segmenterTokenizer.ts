import type { Tokenizer } from '../../contracts/tokenizer.js';
import { mismatch } from '../../core/errors.js';
import { readOptions } from '../../core/options.js';
import { checkedTokenizer } from './tokenizerKinds.js';
import {
  collapseSpaces,
  normalizationTable,
  normalizeText,
  type NormalizationOptions,
} from './normalizeText.js';
import { joinPieces, piecesToTokens } from './spacedPieces.js';

/** Options of {@link segmenterTokenizer}. */
export interface SegmenterOptions extends NormalizationOptions {
  /** Language as a BCP 47 tag, such as `zh`, `ja` or `th`. */
  readonly locale: string;
}

/**
 * Splits into words by the dictionary of the JavaScript engine (`Intl.Segmenter`). It is for Chinese,
 * Japanese, Thai and other languages without spaces between words. Engines differ in their dictionaries.
 * `jiebaTokenizer` or a learnt tokenizer gives the same tokens everywhere.
 *
 * Normal form: the options applied, with every run of white space one space and none at the ends. A space
 * between two words of a script that has spaces is implied. Any other is a token `' '`.
 *
 * @throws `invalid-option` also for a language that the engine does not know
 * @example
 * ```ts
 * import { segmenterTokenizer } from 'tfjs-seq2seq';
 *
 * const tokenizer = segmenterTokenizer({ locale: 'ja' });
 * const tokens = tokenizer.tokenize('私は学生です。'); // ['私', 'は', '学生', 'です', '。']
 * console.log(tokenizer.detokenize(tokens)); // '私は学生です。'
 * ```
 */
export function segmenterTokenizer(options: SegmenterOptions): Tokenizer {
  const where = 'segmenterTokenizer';
  const { locale, ...normalization } = readOptions(where, options, {
    ...normalizationTable(),
    locale: [knownLocale],
  });
  const segmenter = new Intl.Segmenter(locale, { granularity: 'word' });
  return checkedTokenizer(where, {
    tokenize(text) {
      const normal = collapseSpaces(normalizeText(text, normalization));
      return piecesToTokens(Array.from(segmenter.segment(normal), ({ segment }) => segment));
    },
    detokenize: joinPieces,
    options: { locale, ...normalization },
  });
}

function knownLocale(where: string, name: string, locale: unknown): string {
  if (isSupported(locale)) return locale;
  const expected = `${name} to be a language that Intl.Segmenter knows here`;
  throw mismatch('invalid-option', {
    where,
    expected,
    received: locale,
    hint: "Such as 'zh', 'ja' or 'th'.",
  });
}

function isSupported(locale: unknown): locale is string {
  try {
    return typeof locale === 'string' && Intl.Segmenter.supportedLocalesOf(locale).length > 0;
  } catch {
    return false; // not even the form of a language tag
  }
}

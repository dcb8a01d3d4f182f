import type { Tokenizer } from '../../contracts/tokenizer.js';
import { mismatch } from '../../core/errors.js';
import { checkedTokenizer } from './checkedTokenizer.js';
import {
  collapseSpaces,
  normalizeText,
  resolveNormalization,
  type NormalizationOptions,
} from './normalizeText.js';
import { joinPieces, piecesToTokens } from './spacedPieces.js';

/** Options of {@link segmenterTokenizer}. */
export interface SegmenterOptions extends NormalizationOptions {
  /** Language as a BCP 47 tag, such as `zh`, `ja` or `th`. */
  readonly locale: string;
}

/**
 * Splits into words by the dictionary of the JavaScript engine (`Intl.Segmenter`): for Chinese, Japanese, Thai and other languages without
 * spaces between words. Engines differ in their dictionaries; `jiebaTokenizer` or a learnt tokenizer gives the same tokens everywhere.
 *
 * Normal form: the options applied, every run of white space one space, none at the ends. A space between two words of a script
 * that has spaces is implied; any other is a token `' '`.
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
  const normalization = resolveNormalization(where, options, ['locale']);
  const { locale } = options;
  if (!isSupported(locale)) {
    throw mismatch('invalid-option', {
      where,
      expected: 'locale to be a language that Intl.Segmenter knows here',
      received: locale,
      hint: "Such as 'zh', 'ja' or 'th'.",
    });
  }
  const segmenter = new Intl.Segmenter(locale, { granularity: 'word' });
  return checkedTokenizer({
    name: where,
    tokenize(text) {
      const normal = collapseSpaces(normalizeText(text, normalization));
      return piecesToTokens(Array.from(segmenter.segment(normal), ({ segment }) => segment));
    },
    detokenize: joinPieces,
    toJSON: () => ({ name: where, locale, ...normalization }),
  });
}

function isSupported(locale: unknown): boolean {
  try {
    return typeof locale === 'string' && Intl.Segmenter.supportedLocalesOf(locale).length > 0;
  } catch {
    return false; // not even the form of a language tag
  }
}

import type { Tokenizer } from '../../contracts/tokenizer.js';
import { readOptions } from '../../core/options.js';
import { joinWords } from './joinWords.js';
import { normalizationTable, normalizeText, type NormalizationOptions } from './normalizeText.js';
import { checkedTokenizer } from './tokenizerKinds.js';

/**
 * A word is letters, marks and digits. It may have apostrophes inside (`I'm`, `l’eau`) and, between digits,
 * points and commas (`3.14`, `1,000`). The joiners of Persian and Indic scripts belong to it. Whatever else
 * is not a space is a token by itself: an emoji with all its parts, a flag, or one character with its marks.
 */
const tokenPattern: RegExp = new RegExp(
  [
    String.raw`[\p{L}\p{M}\p{N}\u200C\u200D]+(?:(?:['’](?=\p{L}|\p{N})|(?<=\p{N})[.,](?=\p{N}))[\p{L}\p{M}\p{N}\u200C\u200D]+)*`,
    String.raw`\p{Regional_Indicator}{2}`,
    String.raw`\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}]*(?:\u200D\p{Extended_Pictographic}[\p{M}\p{Emoji_Modifier}]*)*`,
    String.raw`\S\p{M}*`,
  ].join('|'),
  'gu',
);

/**
 * Splits into words and single punctuation marks: for languages that put spaces between words.
 *
 * Normal form: the options applied, and spaces set by fixed typographic rules. There is a space between two
 * tokens, but none before `. , ; : ! ? …` and closing brackets, none after opening ones, and none around `-`,
 * `/` and full-width punctuation. Straight quotes open and close in turn. Nothing but white space is lost,
 * and tokenizing the normal form gives the same tokens.
 *
 * @throws `invalid-option`
 * @example
 * ```ts
 * import { wordTokenizer } from 'tfjs-seq2seq';
 *
 * const tokenizer = wordTokenizer({ lowercase: true });
 * const tokens = tokenizer.tokenize("I'm here , at 3.30!"); // ["i'm", 'here', ',', 'at', '3.30', '!']
 * console.log(tokenizer.detokenize(tokens)); // "i'm here, at 3.30!"
 * ```
 */
export function wordTokenizer(options: NormalizationOptions = {}): Tokenizer {
  const normalization = readOptions('wordTokenizer', options, normalizationTable());
  return checkedTokenizer('wordTokenizer', {
    tokenize: (text) => normalizeText(text, normalization).match(tokenPattern) ?? [],
    detokenize: joinWords,
    options: normalization,
  });
}

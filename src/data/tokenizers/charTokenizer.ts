import type { Tokenizer } from '../../contracts/tokenizer.js';
import { readOptions } from '../../core/options.js';
import { normalizationTable, normalizeText, type NormalizationOptions } from './normalizeText.js';
import { checkedTokenizer } from './tokenizerKinds.js';

/**
 * One token a character (Unicode code point), spaces included: for spelling, transliteration, letters to
 * sounds.
 *
 * Normal form: the options applied; nothing else changes.
 *
 * @throws `invalid-option`
 * @example
 * ```ts
 * import { charTokenizer } from 'tfjs-seq2seq';
 *
 * const tokenizer = charTokenizer({ lowercase: true });
 * const tokens = tokenizer.tokenize('Été 🌞'); // ['é', 't', 'é', ' ', '🌞']
 * console.log(tokenizer.detokenize(tokens)); // 'été 🌞'
 * ```
 */
export function charTokenizer(options: NormalizationOptions = {}): Tokenizer {
  const normalization = readOptions('charTokenizer', options, normalizationTable());
  return checkedTokenizer('charTokenizer', {
    tokenize: (text) => [...normalizeText(text, normalization)],
    detokenize: (tokens) => tokens.join(''),
    options: normalization,
  });
}

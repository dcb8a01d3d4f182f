import type { Tokenizer } from '../../contracts/tokenizer.js';
import { checkedTokenizer } from './tokenizerKinds.js';

/**
 * Splits at white space: for text whose tokens are already set apart.
 *
 * Normal form: every run of white space is one space, with none at the ends.
 *
 * @example
 * ```ts
 * import { whitespaceTokenizer } from 'tfjs-seq2seq';
 *
 * const tokenizer = whitespaceTokenizer();
 * const tokens = tokenizer.tokenize('  je suis  là . '); // ['je', 'suis', 'là', '.']
 * console.log(tokenizer.detokenize(tokens)); // 'je suis là .'
 * ```
 */
export function whitespaceTokenizer(): Tokenizer {
  return checkedTokenizer('whitespaceTokenizer', {
    tokenize: (text) => text.match(/\S+/gu) ?? [],
    detokenize: (tokens) => tokens.join(' '),
  });
}

import type { Tokenizer } from '../../contracts/tokenizer.js';
import { callback, readOptions } from '../../core/options.js';
import { checkedTokenizer, tokenizerName } from './tokenizerKinds.js';

/** Options of {@link customTokenizer}. */
export interface CustomTokenizerOptions {
  /** By which a saved model asks for it again. */
  readonly name: string;
  /** Text to tokens. */
  readonly tokenize: (text: string) => string[];
  /** Tokens to text. `detokenize(tokenize(x))` should be a normal form that a second time does not change. */
  readonly detokenize: (tokens: readonly string[]) => string;
}

/**
 * Makes a tokenizer of two functions. It cannot travel in a saved model: hand it in when loading.
 *
 * @throws `invalid-option`
 * @example
 * ```ts
 * import { customTokenizer } from 'tfjs-seq2seq';
 *
 * const tokenizer = customTokenizer({
 *   name: 'commas',
 *   tokenize: (text) => text.split(','),
 *   detokenize: (tokens) => tokens.join(','),
 * });
 * console.log(tokenizer.tokenize('a,b')); // ['a', 'b']
 * ```
 */
export function customTokenizer(options: CustomTokenizerOptions): Tokenizer {
  const where = 'customTokenizer';
  const { name, tokenize, detokenize } = readOptions(where, options, {
    name: [tokenizerName],
    tokenize: [callback],
    detokenize: [callback],
  });
  return checkedTokenizer(name, { tokenize, detokenize });
}

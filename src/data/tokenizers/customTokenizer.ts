import type { Tokenizer } from '../../contracts/tokenizer.js';
import { mismatch } from '../../core/errors.js';
import { checkOptionNames } from '../../core/options.js';
import { checkedTokenizer } from './checkedTokenizer.js';
import { tokenizerName } from './tokenizerName.js';

/** Options of {@link customTokenizer}. */
export interface CustomTokenizerOptions {
  /** By which a saved model asks for it again. */
  readonly name: string;
  /** Text to tokens. */
  readonly tokenize: (text: string) => string[];
  /** Tokens to text; `detokenize(tokenize(x))` should be a normal form that no second time changes. */
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
  checkOptionNames(where, options, ['name', 'tokenize', 'detokenize']);
  const name = tokenizerName(where, options.name);
  for (const part of ['tokenize', 'detokenize'] as const) {
    if (typeof options[part] !== 'function') {
      throw mismatch('invalid-option', {
        where,
        expected: `${part} to be a function`,
        received: options[part],
      });
    }
  }
  const { tokenize, detokenize } = options;
  return checkedTokenizer({ name, tokenize, detokenize, toJSON: () => ({ name }) });
}

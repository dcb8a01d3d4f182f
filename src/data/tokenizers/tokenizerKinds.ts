import type { Tokenizer } from '../../contracts/tokenizer.js';
import type { JsonObject } from '../../core/json.js';
import { mismatch } from '../../core/errors.js';
import { checkText, checkTokens } from '../checkText.js';

/**
 * The tokenizers of this library, and how a saved model comes by each. It is made again from what the `file`
 * says, or `handed` in by whoever loads the model. A new tokenizer starts here. Where it is of a `file`, the
 * compiler then asks `tokenizerFromJSON` how it is made.
 */
export const TOKENIZER_KINDS = {
  whitespaceTokenizer: 'file',
  charTokenizer: 'file',
  wordTokenizer: 'file',
  segmenterTokenizer: 'file',
  bpeTokenizer: 'file',
  jiebaTokenizer: 'handed',
  huggingFaceTokenizer: 'handed',
} as const;

/** A tokenizer that a file can describe. */
export type FileTokenizer = {
  [Kind in keyof typeof TOKENIZER_KINDS]: (typeof TOKENIZER_KINDS)[Kind] extends 'file' ? Kind : never;
}[keyof typeof TOKENIZER_KINDS];

/** Takes the name of a user's own tokenizer: none of the library's may have it. */
export function tokenizerName(where: string, option: string, name: unknown): string {
  if (typeof name === 'string' && name !== '' && !Object.hasOwn(TOKENIZER_KINDS, name)) return name;
  throw mismatch('invalid-option', {
    where,
    expected: `${option} to be a text that none of the library's tokenizers has`,
    received: name,
  });
}

/** What a tokenizer of this library is made of. `options` make it again, besides its name. */
interface Definition extends Pick<Tokenizer, 'tokenize' | 'detokenize'> {
  readonly options?: JsonObject;
}

/** A tokenizer that refuses what is no text, or no list of tokens, by its own name. */
export function checkedTokenizer(name: string, { tokenize, detokenize, options }: Definition): Tokenizer {
  return {
    name,
    tokenize: (text) => tokenize(checkText(`${name}: tokenize`, text)),
    detokenize: (tokens) => detokenize(checkTokens(`${name}: detokenize`, tokens)),
    toJSON: () => ({ name, ...options }),
  };
}

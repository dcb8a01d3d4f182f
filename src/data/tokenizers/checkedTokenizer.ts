import type { Tokenizer } from '../../contracts/tokenizer.js';
import { checkText, checkTokens } from '../checkText.js';

/** A tokenizer that refuses what is no text, or no list of tokens, by its own name. */
export function checkedTokenizer({ name, tokenize, detokenize, toJSON }: Tokenizer): Tokenizer {
  return {
    name,
    tokenize: (text) => tokenize(checkText(`${name}: tokenize`, text)),
    detokenize: (tokens) => detokenize(checkTokens(`${name}: detokenize`, tokens)),
    toJSON,
  };
}

import type { JsonObject } from '../core/json.js';

/**
 * Splits text into tokens, and joins tokens into text. `detokenize(tokenize(x))` gives back the normalised
 * text.
 */
export interface Tokenizer {
  /** The factory's name, by which a saved model finds it again. */
  readonly name: string;
  /** Text to tokens. */
  tokenize(text: string): string[];
  /** Tokens to text. */
  detokenize(tokens: readonly string[]): string;
  /** The options that make the same tokenizer again, with its `name`. */
  toJSON(): TokenizerJson;
}

/** How a tokenizer travels inside a saved model. */
export type TokenizerJson = JsonObject & { readonly name: string };

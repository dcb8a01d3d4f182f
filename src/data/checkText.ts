import { mismatch } from '../core/errors.js';

/** Returns what is text. @throws `invalid-input` for anything else */
export function checkText(where: string, text: unknown): string {
  if (typeof text === 'string') return text;
  throw mismatch('invalid-input', { where, expected: 'a text', received: text });
}

/**
 * Returns what is a list of tokens. A string is iterable too: its characters would pass for tokens.
 *
 * @throws `invalid-input` for anything else
 */
export function checkTokens(where: string, tokens: unknown): readonly string[] {
  if (isTokens(tokens)) return tokens;
  throw mismatch('invalid-input', {
    where,
    expected: 'a list of tokens',
    received: tokens,
    hint: 'Split text with a tokenizer.',
  });
}

/** Whether something is a list of texts. */
export function isTokens(tokens: unknown): tokens is readonly string[] {
  return Array.isArray(tokens) && tokens.every((token) => typeof token === 'string');
}

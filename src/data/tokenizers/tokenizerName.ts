import { mismatch } from '../../core/errors.js';

/** The tokenizers that this library makes; a user's own must be called otherwise. */
export const libraryTokenizers: readonly string[] = [
  'whitespaceTokenizer',
  'charTokenizer',
  'wordTokenizer',
  'segmenterTokenizer',
  'bpeTokenizer',
  'jiebaTokenizer',
  'huggingFaceTokenizer',
];

/** Checks the name of a user's own tokenizer. */
export function tokenizerName(where: string, name: unknown): string {
  if (typeof name === 'string' && name !== '' && !libraryTokenizers.includes(name)) return name;
  throw mismatch('invalid-option', {
    where,
    expected: "name to be a text that none of the library's tokenizers has",
    received: name,
  });
}

/** How sacreBLEU splits a sentence before counting n-grams. */
export type BleuTokenizer = 'none' | '13a' | 'char';

/** What Python's `str.split()` splits at. It differs from JavaScript's `\s` in a few control characters. */
const BLANKS = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/u;

const ENTITIES: readonly (readonly [string, string])[] = [
  ['&quot;', '"'],
  ['&amp;', '&'],
  ['&lt;', '<'],
  ['&gt;', '>'],
];

/** Splits at white space, with no empty tokens. */
export function splitAtBlanks(text: string): string[] {
  return text.split(BLANKS).filter((token) => token !== '');
}

/** mteval-v13a's tokenization, as sacreBLEU has it. */
function split13a(text: string): string[] {
  let line = text.trimEnd().replaceAll('<skipped>', '').replaceAll('-\n', '').replaceAll('\n', ' ');
  for (const [entity, character] of ENTITIES) line = line.replaceAll(entity, character);
  line = ` ${line} `
    .replace(/([{-~[-` -&(-+:-@/])/gu, ' $1 ') // punctuation and symbols, but for ' , - .
    .replace(/([^0-9])([.,])/gu, '$1 $2 ') // full stop and comma, unless after a digit
    .replace(/([.,])([^0-9])/gu, ' $1 $2') // or before one
    .replace(/([0-9])(-)/gu, '$1 $2 '); // dash after a digit
  return splitAtBlanks(line);
}

/** Every tokenizer by its name in sacreBLEU. `char` takes code points, not UTF-16 units. */
export const bleuTokenizers: Readonly<Record<BleuTokenizer, (text: string) => string[]>> = {
  none: splitAtBlanks,
  '13a': split13a,
  char: (text) => [...splitAtBlanks(text).join('')],
};

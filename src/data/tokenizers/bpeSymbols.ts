/** What the last symbol of a word ends with. */
export const endOfWord = '</w>';

/** The characters of a word, of which the last carries the mark of the word's end. */
export function bpeSymbols(word: string): string[] {
  const symbols = Array.from(word);
  symbols.push(`${symbols.pop() ?? ''}${endOfWord}`);
  return symbols;
}

/** The words of a line as subword-nmt sees them: only spaces part them, and line ends are cut off. */
export function splitAtSpaces(line: string): string[] {
  return line
    .replace(/^[\r\n ]+|[\r\n ]+$/g, '')
    .split(' ')
    .filter((word) => word !== '');
}

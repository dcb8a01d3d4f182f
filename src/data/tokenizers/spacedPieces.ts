/** Letters, digits and marks of the scripts that part words by spaces. */
const spaced = String.raw`(?!\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Bopomofo}|\p{Script=Thai}|\p{Script=Lao}|\p{Script=Khmer}|\p{Script=Myanmar}|\p{Script=Tibetan})[\p{L}\p{M}\p{N}]`;
const startsSpaced: RegExp = new RegExp(`^${spaced}`, 'u');
const endsSpaced: RegExp = new RegExp(`${spaced}$`, 'u');

/**
 * Turns the pieces of a segmented text into tokens without losing a space. A space between two words of
 * spaced scripts is implied. Any other space is a token `' '`. Two such words without a space between them
 * stay one token.
 *
 * @param pieces they make up a text without runs of spaces
 */
export function piecesToTokens(pieces: readonly string[]): string[] {
  const tokens: string[] = [];
  let afterSpace = false;
  for (const piece of pieces) {
    if (piece === '') continue;
    if (piece === ' ') {
      afterSpace = true;
      continue;
    }
    const last = tokens.at(-1);
    const meets = last !== undefined && needsSpace(last, piece);
    if (meets && !afterSpace) {
      tokens[tokens.length - 1] = last + piece;
    } else {
      if (afterSpace && !meets) tokens.push(' ');
      tokens.push(piece);
    }
    afterSpace = false;
  }
  return tokens;
}

/** The text that {@link piecesToTokens} was made from. */
export function joinPieces(tokens: readonly string[]): string {
  return tokens.reduce((text, token, index) => {
    const space = index > 0 && needsSpace(tokens[index - 1] as string, token);
    return text + (space ? ' ' : '') + token;
  }, '');
}

function needsSpace(left: string, right: string): boolean {
  return endsSpaced.test(left) && startsSpaced.test(right);
}

/** No space before these: closing punctuation, closing quotes, units that follow a number. */
const attachesLeft = /^[.,;:!?…)\]}’”»›%°‰]/u;
/** No space after these: opening punctuation and quotes, signs that precede a name. */
const attachesRight = /^[([{‘“„«‹¿¡#@]\p{M}*$/u;
/** No space on either side: signs inside words, and punctuation of scripts that write no spaces. */
const attachesBoth = /^[-‐‑/_\u3001-\u3003\u3008-\u3011\u3014-\u301B！（），．：；？［］｛｝～]\p{M}*$/u;
/** They would join the token before them. */
const leansOnNeighbour = /^[\p{M}\u200C\u200D\p{Emoji_Modifier}]/u;
const endsInDigit = /\p{N}$/u;
const startsWithDigit = /^\p{N}/u;

/**
 * Joins words and punctuation marks by the spacing that most Latin-script typography uses. Straight quotes
 * open and close in turn. `$5`, `€5` and `10:30` stay together.
 */
export function joinWords(tokens: readonly string[]): string {
  const open = new Set<string>();
  let text = '';
  let afterOpening = false;
  tokens.forEach((token, position) => {
    const isQuote = token === '"' || token === "'";
    const closes = isQuote && open.has(token);
    const glued = afterOpening || closes || attaches(tokens[position - 2], tokens[position - 1], token);
    if (position > 0 && (!glued || leansOnNeighbour.test(token))) text += ' ';
    text += token;
    afterOpening = isQuote && !closes;
    if (closes) open.delete(token);
    else if (isQuote) open.add(token);
  });
  return text;
}

/** Whether no space stands between `left` and `right`. */
function attaches(beforeLeft = '', left = '', right: string): boolean {
  const continuesNumber = /^\p{Sc}$/u.test(left) || (left === ':' && endsInDigit.test(beforeLeft));
  return (
    attachesLeft.test(right) ||
    attachesRight.test(left) ||
    attachesBoth.test(left) ||
    attachesBoth.test(right) ||
    (continuesNumber && startsWithDigit.test(right))
  );
}

import { mismatch } from '../core/errors.js';
import { boolean, finiteNumber, oneOf, positiveInteger, readOptions } from '../core/options.js';
import { BLEU_ORDER, bleuOf, countMatches, type BleuScore } from './bleuScore.js';
import { bleuTokenizers, type BleuTokenizer } from './bleuTokenizer.js';
import { checkPaired, checkSegments, type Segment } from './segments.js';

/** Options of {@link corpusBleu}; names and defaults are sacreBLEU's. */
export interface CorpusBleuOptions {
  /** `13a` (default): mteval's; `char`: code points; `none`: at white space. Not for token lists. */
  readonly tokenize?: BleuTokenizer;
  /**
   * What stands in for a precision of 0. `exp` halves at each. `floor` counts `smoothingValue` matches.
   * `add-k` adds `smoothingValue` to matches and totals of every order above 1. `none` leaves the 0. Default
   * `exp`.
   */
  readonly smoothing?: 'exp' | 'floor' | 'add-k' | 'none';
  /** For `floor` (default 0.1) and `add-k` (default 1) alone. */
  readonly smoothingValue?: number;
  /** The longest n-gram. Default 4. */
  readonly order?: number;
  /** Lower-cases both sides. Default false. */
  readonly lowercase?: boolean;
  /** Leaves out orders that no hypothesis is long enough for; for single sentences. Default false. */
  readonly effectiveOrder?: boolean;
}

/**
 * Corpus BLEU (Papineni et al. 2002) with the definitions of sacreBLEU (Post 2018), equal to it to rounding.
 *
 * @param hypotheses what the model wrote: strings, or token lists
 * @param references one or more sets of references: `references[k][n]` belongs to `hypotheses[n]`
 * @throws `invalid-input` for an empty corpus, counts that differ, or text mixed with tokens;
 * `invalid-option`
 *
 * @example
 * ```ts
 * import { corpusBleu } from 'tfjs-seq2seq';
 *
 * const { score } = corpusBleu(['the cat is on the red mat .'], [['the cat sat on the red mat .']]);
 * console.log(score.toFixed(1)); // 59.5
 * ```
 */
export function corpusBleu(
  hypotheses: readonly Segment[],
  references: readonly (readonly Segment[])[],
  options: CorpusBleuOptions = {},
): BleuScore {
  const where = 'corpusBleu';
  const { tokenize, order, lowercase, ...rules } = readOptions(where, options, {
    tokenize: [oneOf(['13a', 'char', 'none']), undefined],
    smoothing: [oneOf(['exp', 'floor', 'add-k', 'none']), 'exp'],
    smoothingValue: [finiteNumber({ min: 0 }), undefined],
    order: [positiveInteger, BLEU_ORDER],
    lowercase: [boolean, false],
    effectiveOrder: [boolean, false],
  });
  if (rules.smoothingValue !== undefined && !['floor', 'add-k'].includes(rules.smoothing)) {
    const expected = "smoothing 'floor' or 'add-k' together with smoothingValue";
    throw mismatch('invalid-option', { where, expected, received: rules.smoothing });
  }
  const split = splitter(where, hypotheses, references, { tokenize, lowercase });
  const counts = countMatches(
    hypotheses.map(split),
    references.map((set) => set.map(split)),
    order,
  );
  return bleuOf(counts, rules);
}

/** Checks the corpus, and returns how its sentences become tokens. */
function splitter(
  where: string,
  hypotheses: readonly Segment[],
  references: readonly (readonly Segment[])[],
  { tokenize, lowercase }: { readonly tokenize: BleuTokenizer | undefined; readonly lowercase: boolean },
): (segment: Segment) => readonly string[] {
  if (!isSets(references)) {
    throw mismatch('invalid-input', {
      where,
      expected: 'one or more sets of references',
      received: references,
      hint: 'Wrap a single set: corpusBleu(hypotheses, [references]).',
    });
  }
  for (const set of references) checkPaired(where, hypotheses, set);
  if (checkSegments(where, hypotheses.concat(...references))) {
    if (tokenize !== undefined) {
      throw mismatch('invalid-option', {
        where,
        expected: 'no tokenize option for token lists',
        received: tokenize,
      });
    }
    const lower = (token: string): string => token.toLowerCase();
    return (tokens) => (lowercase ? (tokens as readonly string[]).map(lower) : (tokens as readonly string[]));
  }
  const split = bleuTokenizers[tokenize ?? '13a'];
  return (text) => split(lowercase ? (text as string).toLowerCase() : (text as string));
}

/** What types alone do not catch: one set that was not wrapped. */
function isSets(references: unknown): boolean {
  return Array.isArray(references) && references.length > 0 && references.every((set) => Array.isArray(set));
}

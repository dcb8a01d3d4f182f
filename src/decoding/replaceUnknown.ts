import type { UnknownReplacement } from '../contracts/generationOptions.js';
import type { Hypothesis } from '../contracts/hypothesis.js';
import { mismatch } from '../core/errors.js';

/** What {@link replaceUnknown} needs besides the hypothesis. */
export interface UnknownContext {
  /** The hypothesis's tokens as text, one an id. */
  readonly tokens: readonly string[];
  /** The source's tokens as text, one a position that the attention covers. */
  readonly sourceTokens: readonly string[];
  /** The unknown token’s id in the target’s vocabulary. */
  readonly unkId: number;
  /** `'copy'`, a dictionary (a token that it lacks is copied), or a function of the source token. */
  readonly replacement: UnknownReplacement;
  /** Source tokens that are never taken, such as the start and end token. Default none. */
  readonly excluded?: readonly string[];
}

/**
 * Replaces each unknown token by the source token that it attends to most, or by what that source token maps
 * to (Luong et al. 2015, "Addressing the Rare Word Problem", §3.3; Jean et al. 2015, §4).
 *
 * @returns the tokens, of the same number
 * @throws `incompatible-parts` where there is an unknown token but no attention
 *
 * @example
 * ```ts
 * import { replaceUnknown } from 'tfjs-seq2seq';
 * const hypothesis = {
 *   ids: [7, 3],
 *   score: -1,
 *   logProbability: -1,
 *   tokenLogProbabilities: [-0.5, -0.5],
 *   finishReason: 'length' as const,
 *   attention: [new Float32Array([0.9, 0.1]), new Float32Array([0.2, 0.8])],
 * };
 * const tokens = replaceUnknown(hypothesis, {
 *   tokens: ['dear', '<unk>'], sourceTokens: ['cher', 'Zoé'], unkId: 3, replacement: 'copy',
 * });
 * console.log(tokens); // ['dear', 'Zoé']
 * ```
 */
export function replaceUnknown(hypothesis: Hypothesis, context: UnknownContext): string[] {
  const { tokens, sourceTokens, unkId, replacement, excluded = [] } = context;
  const where = 'replaceUnknown';
  if (tokens.length !== hypothesis.ids.length) {
    throw mismatch('invalid-input', {
      where,
      expected: `one token an id, ${hypothesis.ids.length}`,
      received: `${tokens.length} tokens`,
    });
  }
  return tokens.map((token, i) => {
    if (hypothesis.ids[i] !== unkId) return token;
    const weights = hypothesis.attention?.[i];
    if (weights === undefined) {
      throw mismatch('incompatible-parts', {
        where,
        expected: 'a hypothesis with attention',
        received: undefined,
        hint: 'Leave replaceUnknown out, or use a model with attention.',
      });
    }
    const source = mostAttended(weights, sourceTokens, excluded);
    if (source === undefined) return token;
    if (replacement === 'copy') return source;
    return typeof replacement === 'function' ? replacement(source) : (replacement.get(source) ?? source);
  });
}

function mostAttended(
  weights: Float32Array,
  sourceTokens: readonly string[],
  excluded: readonly string[],
): string | undefined {
  let best: string | undefined;
  let most = -Infinity;
  sourceTokens.forEach((token, i) => {
    const weight = weights[i] ?? -Infinity;
    if (weight <= most || excluded.includes(token)) return;
    best = token;
    most = weight;
  });
  return best;
}

import type { GenerationOptions } from '../../contracts/generationOptions.js';
import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { allowInRows } from './mask.js';

/**
 * Lets a function say which ids may follow (De Cao et al. 2021): the option `allowedTokens`, for a trie or a grammar.
 * A function that allows nothing ends a beam's hypothesis without result, and a greedy search with `no-candidates`.
 */
export function allowTokens(allowed: NonNullable<GenerationOptions['allowedTokens']>): LogitsProcessor {
  return {
    name: 'allowTokens',
    process: (scores, { rows }) =>
      allowInRows(
        'allowTokens',
        scores,
        rows.map((row) => allowed(row.tokens(), row.sentence)),
      ),
  };
}

import type { TextGenerationOptions } from '../contracts/generationOptions.js';
import type { Strategy } from '../contracts/strategy.js';
import { greedyDefinition, type GreedyOptions } from './greedyDefinition.js';
import { createStrategy } from './search/searchDefinition.js';

/**
 * The strategy that takes the most probable token at each step; see `greedySearch`.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { greedy } from 'tfjs-seq2seq';
 * const strategy = greedy({ maxLength: 50, noRepeatNgram: 3 });
 * console.log(strategy.name); // greedy
 * ```
 */
export function greedy(options: GreedyOptions & TextGenerationOptions = {}): Strategy {
  return createStrategy('greedy', greedyDefinition, options);
}

import type { TextGenerationOptions } from '../contracts/generationOptions.js';
import type { Strategy } from '../contracts/strategy.js';
import { sampleDefinition, type SampleOptions } from './sampleDefinition.js';
import { createStrategy } from './search/searchDefinition.js';

/**
 * The strategy that draws each token from the model's distribution; see `sampleSearch`.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { sample } from 'tfjs-seq2seq';
 * const strategy = sample({ temperature: 0.8, topP: 0.95, seed: 7 });
 * console.log(strategy.name); // sample
 * ```
 */
export function sample(options: SampleOptions & TextGenerationOptions = {}): Strategy {
  return createStrategy('sample', sampleDefinition, options);
}

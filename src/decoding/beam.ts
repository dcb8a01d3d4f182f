import type { TextGenerationOptions } from '../contracts/generationOptions.js';
import type { Strategy } from '../contracts/strategy.js';
import { beamDefinition, type BeamOptions } from './beamDefinition.js';
import { createStrategy } from './search/searchDefinition.js';

/**
 * The strategy that keeps the `width` best hypotheses at each step; see `beamSearch`.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { beam } from 'tfjs-seq2seq';
 * const strategy = beam({ width: 5, nBest: 3, lengthPenalty: { gnmt: 0.6 } });
 * console.log(strategy.name); // beam
 * ```
 */
export function beam(options: BeamOptions & TextGenerationOptions = {}): Strategy {
  return createStrategy('beam', beamDefinition, options);
}

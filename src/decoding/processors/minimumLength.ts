import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { nonNegativeInteger } from '../../core/options.js';
import { banInRows } from '../ops/bans.js';

/**
 * Bans the end token before `length` tokens: the option `minLength`.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { beam, minimumLength } from 'tfjs-seq2seq';
 * const strategy = beam({ maxLength: 20, processors: [minimumLength(5)] }); // the same as minLength: 5
 * console.log(strategy.name);
 * ```
 */
export function minimumLength(length: number): LogitsProcessor {
  nonNegativeInteger('minimumLength', 'length', length);
  return {
    name: 'minimumLength',
    process: (scores, { position, eosId }) =>
      position < length ? banInRows('minimumLength', scores, [[eosId]]) : scores,
  };
}

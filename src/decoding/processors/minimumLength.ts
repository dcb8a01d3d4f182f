import type { LogitsProcessor } from '../../contracts/logitsProcessor.js';
import { wholeNumber } from '../../core/options.js';
import { banEverywhere } from './mask.js';

/** No end token before `length` tokens: the option `minLength`. */
export function minimumLength(length: number): LogitsProcessor {
  wholeNumber('minimumLength', 'length', length, 0);
  return {
    name: 'minimumLength',
    process: (scores, { position, eosId }) =>
      position < length ? banEverywhere('minimumLength', scores, [eosId]) : scores,
  };
}

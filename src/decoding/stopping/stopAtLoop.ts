import type { StoppingCriterion } from '../../contracts/stoppingCriterion.js';
import { integerFrom, positiveInteger, readOptions } from '../../core/options.js';

/** When {@link stopAtLoop} calls it a loop. */
export interface LoopLimits {
  /** The longest cycle to look for, in tokens. Default 8. */
  readonly longest?: number;
  /** How many times in a row a cycle must come. Default 4. */
  readonly times?: number;
}

/**
 * Ends a hypothesis that has fallen into a loop: a cycle of up to `longest` tokens has come `times` times in
 * a row.
 *
 * @throws `invalid-option`
 *
 * @example
 * ```ts
 * import { greedy, stopAtLoop } from 'tfjs-seq2seq';
 * const strategy = greedy({ maxLength: 200, stopping: [stopAtLoop({ longest: 5, times: 3 })] });
 * console.log(strategy.name);
 * ```
 */
export function stopAtLoop(limits: LoopLimits = {}): StoppingCriterion {
  const where = 'stopAtLoop';
  const { longest, times } = readOptions(where, limits, {
    longest: [positiveInteger, 8],
    times: [integerFrom(2), 4],
  });
  return {
    name: where,
    shouldStop({ last }) {
      const tail = last(longest * times).toReversed();
      for (let cycle = 1; cycle * times <= tail.length; cycle++) {
        const span = tail.slice(0, cycle * times);
        if (span.every((id, i) => id === span[i % cycle])) return true;
      }
      return false;
    },
  };
}

import { mismatch } from '../../core/errors.js';
import { finiteNumber } from '../../core/options.js';
import type { LearningRate } from './optimizer.js';

/** Checks a learning rate now, or a schedule's at each step, and returns it as a schedule. */
export function learningRateSchedule(where: string, rate: LearningRate): (step: number) => number {
  if (typeof rate === 'function')
    return (step) => finiteNumber({ min: 0 })(where, `learningRate(${step})`, rate(step));
  if (typeof rate !== 'number') {
    throw mismatch('invalid-option', {
      where,
      expected: 'learningRate to be a number or a function',
      received: rate,
    });
  }
  finiteNumber({ min: 0 })(where, 'learningRate', rate);
  return () => rate;
}

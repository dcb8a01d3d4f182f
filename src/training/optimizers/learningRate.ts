import { mismatch } from '../../core/errors.js';
import { finiteNumber } from '../../core/options.js';

/** Takes a learning rate, or a schedule whose rates are checked at each step. @returns a schedule */
export function learningRateSchedule(where: string, name: string, rate: unknown): (step: number) => number {
  const check = finiteNumber({ min: 0 });
  if (typeof rate === 'function') {
    return (step) => check(where, `${name}(${step})`, (rate as (step: number) => unknown)(step));
  }
  if (typeof rate !== 'number') {
    const expected = `${name} to be a number or a function`;
    throw mismatch('invalid-option', { where, expected, received: rate });
  }
  check(where, name, rate);
  return () => rate;
}

import { allPairs } from '../support/allPairs.js';
import { axes, type Combination } from './combination.js';
import { isCanonical } from './product.js';
import { refusals } from './refusals.js';

/** Models in which every two options occur together that can: small enough to train them all. */
export function coveringSet(): Combination[] {
  const buildable = {
    ...axes,
    placement: axes.placement.filter((placement) => placement !== 'before, feeding'),
    readout: axes.readout.filter((readout) => String(readout) !== 'previous'),
  };
  return allPairs(buildable, (row) => isCanonical(row) && !refusals.some(({ applies }) => applies(row)));
}

/** A combination in one line. */
export function describeCombination(combination: Combination): string {
  return Object.entries(combination)
    .map(([axis, value]) => `${axis} ${Array.isArray(value) ? `[${String(value)}]` : String(value)}`)
    .join(', ');
}

import { expect, test } from 'vitest';
import { allPairs } from './allPairs.js';

const axes = { a: [1, 2, 3], b: ['x', 'y'], c: [true, false], d: [null, 'z'] } as const;
type Row = { readonly [Axis in keyof typeof axes]: (typeof axes)[Axis][number] };
const isValid = ({ a, b, c }: Row): boolean => !(a === 1 && b === 'x') && !(c && b === 'y');

/** Every two values of a row, as text. */
function pairsOf(row: Row): string[] {
  const entries = Object.entries(row).map(([axis, value]) => `${axis} ${String(value)}`);
  return entries.flatMap((entry, i) => entries.slice(0, i).map((other) => `${other}, ${entry}`));
}

test('every pair of values that a valid row can have stands in one of few valid rows', () => {
  const every: Row[] = axes.a.flatMap((a) =>
    axes.b.flatMap((b) => axes.c.flatMap((c) => axes.d.map((d) => ({ a, b, c, d })))),
  );
  const rows = allPairs(axes, isValid);
  expect(rows.every(isValid)).toBe(true);
  expect(new Set(rows.flatMap(pairsOf))).toEqual(new Set(every.filter(isValid).flatMap(pairsOf)));
  expect(rows.length).toBeLessThan(every.filter(isValid).length);
  expect(allPairs(axes, isValid)).toEqual(rows);
});

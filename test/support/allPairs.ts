/** The values of each axis, by its name. */
type AxisValues = { readonly [axis: string]: readonly unknown[] };

/** One value of every axis. */
type RowOf<A extends AxisValues> = { readonly [Axis in keyof A]: A[Axis][number] };

/**
 * A small set of valid rows. Every pair of values of two axes that occurs in a valid row at all occurs in one
 * of the set. The choice is greedy, and the same at every run: while a pair is missing, the row is taken that
 * has it and the most other missing pairs.
 */
export function allPairs<A extends AxisValues>(axes: A, isValid: (row: RowOf<A>) => boolean): RowOf<A>[] {
  const names = Object.keys(axes);
  const width = names.length;
  const counts = names.map((name) => (axes[name] as readonly unknown[]).length);
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
  // Values are numbered through all axes: an axis starts where the one before ends.
  const firsts = counts.map((_, axis) => sum(counts.slice(0, axis)));
  const span = sum(counts);
  const toRow = (values: readonly number[]): RowOf<A> => {
    const entries = names.map((name, axis) => [
      name,
      axes[name]?.[(values[axis] as number) - (firsts[axis] as number)],
    ]);
    return Object.fromEntries(entries) as RowOf<A>;
  };
  const pairsOf = (values: readonly number[]): number[] =>
    values.flatMap((value, axis) => values.slice(0, axis).map((other) => other * span + value));

  const valid: number[][] = [];
  const missing = new Set<number>();
  const row: Record<string, unknown> = {}; // one object for a million rows
  const values: number[] = [];
  const visit = (axis: number): void => {
    if (axis === width) {
      if (!isValid(row as RowOf<A>)) return;
      const kept = [...values];
      valid.push(kept);
      for (const pair of pairsOf(kept)) missing.add(pair);
      return;
    }
    const name = names[axis] as string;
    axes[name]?.forEach((value, i) => {
      row[name] = value;
      values[axis] = (firsts[axis] as number) + i;
      visit(axis + 1);
    });
  };
  visit(0);

  const chosen: RowOf<A>[] = [];
  for (const pair of [...missing].sort((a, b) => a - b)) {
    if (!missing.has(pair)) continue;
    const [first, second] = [Math.floor(pair / span), pair % span];
    const having = valid.filter((kept) => kept.includes(first) && kept.includes(second));
    let best = { kept: [] as number[], gain: 0 };
    for (const kept of spread(having, 400)) {
      const gain = pairsOf(kept).filter((other) => missing.has(other)).length;
      if (gain > best.gain) best = { kept, gain };
    }
    for (const covered of pairsOf(best.kept)) missing.delete(covered);
    chosen.push(toRow(best.kept));
  }
  return chosen;
}

/** At most `count` items, evenly spread. */
function spread<T>(items: readonly T[], count: number): T[] {
  const step = Math.max(1, items.length / count);
  return Array.from({ length: Math.min(count, items.length) }, (_, i) => items[Math.floor(i * step)] as T);
}

/**
 * Edit distance (Levenshtein 1966): the fewest insertions, deletions and substitutions that turn `from` into
 * `to`. Strings are compared by code point, lists by `===`. It takes time `from × to`, and memory of the
 * length of `to`.
 *
 * @example
 * ```ts
 * import { editDistance } from 'tfjs-seq2seq';
 *
 * console.log(editDistance('kitten', 'sitting')); // 3
 * console.log(editDistance(['the', 'cat'], ['a', 'cat'])); // 1
 * ```
 */
export function editDistance<T>(from: string | readonly T[], to: string | readonly T[]): number {
  const rows: readonly unknown[] = typeof from === 'string' ? [...from] : from;
  const columns: readonly unknown[] = typeof to === 'string' ? [...to] : to;
  const distances = Uint32Array.from({ length: columns.length + 1 }, (_, column) => column);
  rows.forEach((item, row) => {
    let diagonal = row; // distance between the prefixes one shorter on both sides
    distances[0] = row + 1;
    for (let column = 1; column <= columns.length; column++) {
      const above = distances[column]!;
      const substitution = diagonal + (item === columns[column - 1] ? 0 : 1);
      distances[column] = Math.min(substitution, above + 1, distances[column - 1]! + 1);
      diagonal = above;
    }
  });
  return distances[columns.length]!;
}

/**
 * Works on inputs in groups, those of similar length together, so that little is padding.
 *
 * @param work gives one result an input of its group; `places` are those of the group among the inputs
 * @returns the results in the order of the inputs
 */
export async function mapByLength<I extends { readonly length: number }, R>(
  inputs: readonly I[],
  batchSize: number,
  work: (group: I[], places: readonly number[]) => Promise<readonly R[]>,
): Promise<R[]> {
  const length = (i: number): number => (inputs[i] as I | undefined)?.length ?? 0;
  const order = inputs.map((_, i) => i).sort((a, b) => length(a) - length(b) || a - b);
  const results = new Array<R>(inputs.length);
  for (let from = 0; from < order.length; from += batchSize) {
    const chunk = order.slice(from, from + batchSize);
    const group = chunk.map((i) => inputs[i] as I);
    const found = await work(group, chunk);
    chunk.forEach((i, row) => {
      results[i] = found[row] as R;
    });
  }
  return results;
}

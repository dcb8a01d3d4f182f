import { input, type NativeCall, type NativeKernel } from '../nativeKernel.js';

/** The scores of additive attention, as `src/ops/additiveScores.ts` says. */
export const additiveScores: NativeKernel = {
  name: 'Seq2SeqAdditiveScores',
  run(heap, call) {
    const { batch, queryCount, keyCount, units } = sizesOf(call);
    const scores = heap.output([batch, queryCount, keyCount]);
    heap.kernels.additiveScores({
      batch,
      queryCount,
      keyCount,
      units,
      queries: heap.address(input(call, 'queries')),
      keys: heap.address(input(call, 'keys')),
      energy: heap.address(input(call, 'energy')),
      scores: heap.address(scores),
    });
    return scores;
  },
};

/** The gradients of {@link additiveScores} for `queries`, `keys` and `energy`. */
export const additiveScoresGrad: NativeKernel = {
  name: 'Seq2SeqAdditiveScoresGrad',
  run(heap, call) {
    const [queries, keys, energy] = [input(call, 'queries'), input(call, 'keys'), input(call, 'energy')];
    const [dQueries, dKeys, dEnergy] = [
      heap.output(queries.shape),
      heap.output(keys.shape),
      heap.output(energy.shape),
    ];
    const { batch, queryCount, keyCount, units } = sizesOf(call);
    heap.kernels.additiveScoresGrad({
      batch,
      queryCount,
      keyCount,
      units,
      dy: heap.address(input(call, 'dy')),
      queries: heap.address(queries),
      keys: heap.address(keys),
      energy: heap.address(energy),
      dQueries: heap.address(dQueries),
      dKeys: heap.address(dKeys),
      dEnergy: heap.address(dEnergy),
    });
    return [dQueries, dKeys, dEnergy];
  },
};

function sizesOf(call: NativeCall): Record<'batch' | 'queryCount' | 'keyCount' | 'units', number> {
  const [batch, queryCount, units] = input(call, 'queries').shape as [number, number, number];
  return { batch, queryCount, keyCount: input(call, 'keys').shape[1] as number, units };
}

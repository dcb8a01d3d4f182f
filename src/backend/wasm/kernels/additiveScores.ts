import { input, type NativeCall, type NativeKernel } from '../nativeKernel.js';

/** The scores of additive attention; `src/ops/additiveScores.ts` says what they are. */
export const additiveScores: NativeKernel = {
  name: 'Seq2SeqAdditiveScores',
  run(heap, call) {
    const [batch, queries, keys, units] = sizes(call);
    const scores = heap.output([batch, queries, keys]);
    heap.kernels.additiveScores(
      heap.address(input(call, 'queries')),
      heap.address(input(call, 'keys')),
      heap.address(input(call, 'energy')),
      batch,
      queries,
      keys,
      units,
      heap.address(scores),
    );
    return scores;
  },
};

/** The gradients of {@link additiveScores} for queries, keys and energy. */
export const additiveScoresGrad: NativeKernel = {
  name: 'Seq2SeqAdditiveScoresGrad',
  run(heap, call) {
    const [batch, queries, keys, units] = sizes(call);
    const outputs = ['queries', 'keys', 'energy'].map((name) => heap.output(input(call, name).shape));
    const [dQueries, dKeys, dEnergy] = outputs.map((output) => heap.address(output)) as [
      number,
      number,
      number,
    ];
    heap.kernels.additiveScoresGrad(
      heap.address(input(call, 'dy')),
      heap.address(input(call, 'queries')),
      heap.address(input(call, 'keys')),
      heap.address(input(call, 'energy')),
      batch,
      queries,
      keys,
      units,
      dQueries,
      dKeys,
      dEnergy,
    );
    return outputs;
  },
};

function sizes(call: NativeCall): [batch: number, queries: number, keys: number, units: number] {
  const [batch, queries, units] = input(call, 'queries').shape as [number, number, number];
  return [batch, queries, input(call, 'keys').shape[1] as number, units];
}

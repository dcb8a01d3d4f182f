import {
  argMax,
  expandDims,
  io,
  memory,
  setBackend,
  squeeze,
  tensor2d,
  tidy,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  layers,
  loadLayersModel,
  model,
  type LayersModel,
} from '@tensorflow/tfjs-layers';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { StepFunction } from '../../src/contracts/stepFunction.js';
import { beamSearch } from '../../src/decoding/beamSearch.js';
import { greedySearch } from '../../src/decoding/greedySearch.js';

/** A recurrent decoder of tfjs-layers, saved and loaded again: (token, state) → (logits, state). */
async function savedDecoder(): Promise<LayersModel> {
  const uniform = (seed: number): ReturnType<typeof initializers.randomUniform> =>
    initializers.randomUniform({ minval: -2, maxval: 2, seed });
  const token = input({ shape: [1], dtype: 'int32' });
  const state = input({ shape: [3] });
  const embedded = layers
    .flatten()
    .apply(layers.embedding({ inputDim: 7, outputDim: 3, embeddingsInitializer: uniform(1) }).apply(token));
  const joined = layers.concatenate().apply([embedded, state] as never);
  const next = layers.dense({ units: 3, activation: 'tanh', kernelInitializer: uniform(2) }).apply(joined);
  const logits = layers.dense({ units: 7, kernelInitializer: uniform(3) }).apply(next);
  const built = model({ inputs: [token, state], outputs: [logits, next] as never });
  let saved: io.ModelArtifacts = {};
  await built.save(
    io.withSaveHandler((artifacts) => {
      saved = artifacts;
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
    }),
  );
  built.dispose();
  return loadLayersModel(io.fromMemory(saved));
}

describe.each(['cpu', 'wasm'])('a saved LayersModel on %s', (backend) => {
  beforeAll(() => setBackend(backend));

  it('is searched like any model', async () => {
    const decoder = await savedDecoder();
    const step: StepFunction<Tensor2D> = (last, state) => {
      const tokens = expandDims(last, 1);
      const [logits, next] = decoder.predict([tokens, state]) as [Tensor2D, Tensor2D];
      tokens.dispose();
      return { logits, state: next };
    };
    const start = tensor2d([[0.1, 0.2, 0.3], [-0.5, 0, 0.5]]); // prettier-ignore
    const before = memory().numTensors;
    const setup = { batchSize: 2, sosId: 0, eosId: 1, maxLength: 6 };
    const greedy = await greedySearch(step, start, setup);
    const wide = await beamSearch(step, start, { ...setup, width: 4, nBest: 2 });
    expect(memory().numTensors).toBe(before);

    for (const [i, [best]] of greedy.entries()) {
      let state = tensor2d([start.arraySync()[i] as number[]]);
      let last = 0;
      for (const id of [...(best?.ids ?? []), ...(best?.finishReason === 'eos' ? [1] : [])]) {
        const [chosen, next] = tidy(() => {
          const [logits, after] = decoder.predict([tensor2d([[last]]), state]) as [Tensor2D, Tensor2D];
          return [squeeze(argMax(logits, 1)), after];
        });
        expect(chosen.dataSync()[0]).toBe(id);
        chosen.dispose();
        state.dispose();
        [state, last] = [next, id];
      }
      state.dispose();
      expect(wide[i]?.[0]?.score).toBeGreaterThanOrEqual((best?.score as number) - 1e-5);
      expect(wide[i]).toHaveLength(2);
    }
    start.dispose();
    decoder.dispose();
  });
});

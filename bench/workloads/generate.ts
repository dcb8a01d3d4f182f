import '@tensorflow/tfjs-backend-wasm';
import {
  add,
  argMax,
  dispose,
  fill,
  gather,
  matMul,
  mul,
  randomNormal,
  setBackend,
  sigmoid,
  split,
  sub,
  tanh,
  tidy,
  zeros,
  type Rank,
  type Tensor1D,
  type Tensor2D,
} from '@tensorflow/tfjs-core';
import { installWasmKernels } from '../../src/backend/wasm/index.js';
import { measure, type Samples } from '../measure.js';
import { modelSizes, type ModelSizes } from '../modelSizes.js';
import { withPlainKernels } from '../plainKernels.js';
import { BEAM_WIDTH, searchModel, startSearches, TOKENS } from '../searches.js';
import type { BenchResult, Suite, Workload } from '../workload.js';

const searches = {
  greedy: { search: 'greedy', sentences: 1 },
  beam5: { search: 'beam', sentences: 1 },
  'greedy-64': { search: 'greedy', sentences: 64 },
  'beam5-64': { search: 'beam', sentences: 64 },
} as const;

/**
 * Twenty tokens from a decoder of two GRU layers, search included. The peer is a loop of tfjs operations with
 * tfjs's own kernels.
 */
export const generate: Suite = {
  names: Object.keys(searches).map((name) => `generate/${name}`),
  async workloads() {
    await setBackend('wasm');
    await installWasmKernels();
    return Object.entries(searches).map(([name, { search, sentences }]): Workload => ({
      name: `generate/${name}`,
      run: () => compare(`generate/${name}`, search, sentences),
    }));
  },
};

async function compare(name: string, kind: 'greedy' | 'beam', sentences: number): Promise<BenchResult[]> {
  const rows = kind === 'beam' ? sentences * BEAM_WIDTH : sentences;
  const model = searchModel();
  const ours = startSearches(model, sentences);
  const loop = handWrittenLoop(rows);
  const tasks = [
    ours[kind],
    await withPlainKernels(() => {
      loop.run();
    }),
  ];
  // The weights fill the third-level cache. After the peer's turn they take some runs to come back into it.
  const [own, theirs] = (await measure(tasks, { sampleMs: 1000, warmups: 1, warmupMs: 1500 })) as [
    Samples,
    Samples,
  ];
  loop.dispose();
  ours.dispose();
  model.dispose();
  const peer = `tfjs loop, ${rows} ${rows === 1 ? 'row' : 'rows'}`;
  const [ms, peerMs] = [own.median, theirs.median];
  return [{ name, ms, peer, peerMs, ratio: peerMs / ms, 'ms/sentence': Number((ms / sentences).toFixed(2)) }];
}

/** The decoder's steps as a tfjs user would write them, weights as `[inputs, outputs]`; reads every token. */
function handWrittenLoop(rows: number): { run(): void; dispose(): void } {
  const { vocabulary, embedding, units, layers } = modelSizes['gru2'] as ModelSizes;
  const weight = (inputs: number, outputs: number): Tensor2D => randomNormal([inputs, outputs], 0, 0.05);
  const table = weight(vocabulary, embedding);
  const cells = Array.from({ length: layers }, (_, layer) => ({
    input: weight(layer === 0 ? embedding : units, 3 * units),
    recurrent: weight(units, 3 * units),
    inputBias: zeros<Rank.R1>([3 * units]),
    bias: zeros<Rank.R1>([3 * units]),
  }));
  const output = weight(units, vocabulary);
  const outputBias = zeros<Rank.R1>([vocabulary]);
  return {
    run() {
      tidy(() => {
        let states = cells.map((): Tensor2D => zeros([rows, units]));
        let tokens: Tensor1D = fill([rows], 1, 'int32');
        for (let position = 0; position < TOKENS; position++) {
          let x = gather(table, tokens);
          states = cells.map(({ input, recurrent, inputBias, bias }, layer) => {
            const h = states[layer] as Tensor2D;
            const gates = (product: Tensor2D): [Tensor2D, Tensor2D, Tensor2D] =>
              split(product, 3, 1) as never;
            const [xr, xz, xn] = gates(add(matMul(x, input), inputBias));
            const [hr, hz, hn] = gates(add(matMul(h, recurrent), bias));
            const z = sigmoid(add(xz, hz));
            const n = tanh(add(xn, mul(sigmoid(add(xr, hr)), hn)));
            x = add(n, mul(z, sub(h, n)));
            return x;
          });
          tokens = argMax(add(matMul(x, output), outputBias), 1);
          tokens.dataSync();
        }
      });
    },
    dispose: () => dispose([table, cells, output, outputBias] as never),
  };
}

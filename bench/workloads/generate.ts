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
import { installWasmKernels, uninstallWasmKernels } from '../../src/backend/wasm/index.js';
import { beamSearch } from '../../src/decoding/beamSearch.js';
import { greedySearch } from '../../src/decoding/greedySearch.js';
import { measure, type Samples } from '../measure.js';
import { benchModel, modelSizes, type ModelSizes } from '../model.js';
import type { BenchResult, Suite } from '../workload.js';

const TOKENS = 20;
const WIDTH = 5;
const sizes = modelSizes['gru2'] as ModelSizes;

/** Twenty tokens from a decoder of two GRU layers, against a loop of tfjs operations with tfjs's own kernels. */
export const generate: Suite = {
  names: ['generate/greedy', 'generate/beam5'],
  async workloads() {
    await setBackend('wasm');
    await installWasmKernels();
    return [
      { name: 'generate/greedy', run: () => compare('generate/greedy', 1) },
      { name: 'generate/beam5', run: () => compare('generate/beam5', WIDTH) },
    ];
  },
};

async function compare(name: string, rows: number): Promise<BenchResult[]> {
  const model = benchModel({ ...sizes, batch: 1 });
  const { encoder, bridge, decoder, batch } = model;
  const { state, constants } = tidy(
    () => decoder.start(bridge.forward(encoder.forward(batch.source, batch.sourceMask))) as never,
  ) as { state: never; constants: never };
  // The end token is one of ten thousand equals, so that no search ends early.
  const setup = { constants, batchSize: 1, sosId: 1, eosId: 2, maxLength: TOKENS };
  const task = () =>
    rows === 1
      ? greedySearch(decoder.step, state, setup)
      : beamSearch(decoder.step, state, { ...setup, width: rows });
  const loop = handWrittenLoop(rows);
  const peerTask = async (): Promise<void> => {
    uninstallWasmKernels();
    try {
      loop.run();
    } finally {
      await installWasmKernels();
    }
  };
  const [ours, theirs] = (await measure([task, peerTask], { sampleMs: 100 })) as [Samples, Samples];
  loop.dispose();
  dispose([state, constants]);
  model.dispose();
  const peer = `tfjs loop, ${rows} ${rows === 1 ? 'row' : 'rows'}`;
  return [{ name, ms: ours.median, peer, peerMs: theirs.median, ratio: theirs.median / ours.median }];
}

/** The decoder's steps as a tfjs user would write them, weights as `[inputs, outputs]`; reads every token. */
function handWrittenLoop(rows: number): { run(): void; dispose(): void } {
  const { vocabulary, embedding, units, layers } = sizes;
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

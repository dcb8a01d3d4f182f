import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { registerKernel, setBackend, unregisterKernel, util, type TensorInfo } from '@tensorflow/tfjs-core';
import { installWasmKernels, uninstallWasmKernels } from '../../src/backend/wasm/index.js';
import { layersModel } from '../layersModel.js';
import { startLimits } from '../limits.js';
import { measure, type Samples } from '../measure.js';
import { benchModel, modelSizes, type ModelSizes } from '../model.js';
import type { BenchResult, Suite, Workload } from '../workload.js';

/** One update of a whole model against the processor's limit and against the same model in tfjs-layers. */
export const trainStep: Suite = {
  names: Object.keys(modelSizes).map((name) => `train-step/${name}`),
  workloads: () =>
    Promise.resolve(
      Object.entries(modelSizes).map(([name, sizes]): Workload => ({
        name: `train-step/${name}`,
        run: () => compare(`train-step/${name}`, sizes),
      })),
    ),
};

async function compare(name: string, sizes: ModelSizes): Promise<BenchResult[]> {
  await installWasmKernels();
  await setBackend('wasm');
  const ours = benchModel(sizes);
  const limits = await startLimits(128);
  const flop = productFlop(sizes);
  const bound = (limitMs: number): number => (flop / limits.flopPerRun) * limitMs;
  const results: BenchResult[] = [];
  const add = (
    ms: number,
    peer: string,
    peerMs: number,
    details: Record<string, number | string> = {},
  ): void => {
    results.push({ name, ms, peer, peerMs, ratio: peerMs / ms, ...details });
  };
  {
    const [step, limit] = (await measure([() => ours.step(), () => limits.compute()], { sampleMs: 1 })) as [
      Samples,
      Samples,
    ];
    const peerMs = bound(limit.least);
    add(step.median, 'products at the SIMD limit', peerMs, { GFLOP: Number((flop / 1e9).toFixed(1)) });
  }
  if (!sizes.attention) {
    const theirs = layersModel(sizes);
    const options = { sampleMs: 1, warmups: 1 };
    {
      const [step, peer] = (await measure([() => ours.step(), () => theirs.step()], options)) as [
        Samples,
        Samples,
      ];
      add(step.median, 'tfjs-layers, these kernels', peer.median);
    }
    {
      // Their step with tfjs's own kernels; the kernels change places between the samples.
      const plain = async (): Promise<number> => {
        uninstallWasmKernels();
        registerPlainSegmentSum();
        try {
          return theirs.step();
        } finally {
          unregisterKernel('UnsortedSegmentSum', 'wasm');
          await installWasmKernels();
        }
      };
      const [step, peer] = (await measure([() => ours.step(), plain], {
        ...options,
        warmups: 1,
        samples: 7,
      })) as [Samples, Samples];
      add(step.median, 'tfjs-layers, plain wasm', peer.median);
    }
    theirs.dispose();
    results.push(await compareWithCpu(name, sizes, () => ours.step()));
  }
  limits.dispose();
  ours.dispose();
  return results;
}

/** tfjs-layers on the cpu backend takes minutes a step: two small batches tell what a row costs, and what a step does. */
async function compareWithCpu(name: string, sizes: ModelSizes, step: () => number): Promise<BenchResult> {
  const [small, large] = [sizes.batch / 32, sizes.batch / 16];
  await setBackend('cpu');
  const once = (batch: number): number => {
    const theirs = layersModel({ ...sizes, batch });
    const start = performance.now();
    theirs.step();
    const ms = performance.now() - start;
    theirs.dispose();
    return ms;
  };
  const [smallMs, largeMs] = [once(small), once(large)];
  await setBackend('wasm');
  const [{ median: ms }] = (await measure([step], { sampleMs: 1 })) as [Samples];
  const peerMs = smallMs + ((largeMs - smallMs) / (large - small)) * (sizes.batch - small);
  const note = `peer extrapolated from one run each of batch ${small} and ${large}`;
  return { name, ms, peer: 'tfjs-layers, cpu', peerMs, ratio: peerMs / ms, note };
}

/** Floating-point operations of all matrix products of a step: forward, and twice as many backward. */
function productFlop({ vocabulary, embedding, units, layers, attention, batch, length }: ModelSizes): number {
  const [sourceTokens, targetTokens] = [batch * length, batch * (length - 1)];
  const gru = (tokens: number, input: number): number => 2 * tokens * 3 * units * (input + units);
  let forward = 0;
  if (attention) {
    forward += 2 * gru(sourceTokens, embedding); // both directions
    forward += gru(targetTokens, embedding + 2 * units);
    forward += 2 * batch * 2 * units * units; // bridge
    forward += 2 * sourceTokens * 2 * units * units + 2 * targetTokens * units * units; // keys, queries
    forward += 2 * targetTokens * length * 3 * units; // scores and contexts
    forward += 2 * targetTokens * (3 * units + embedding) * vocabulary;
  } else {
    for (let layer = 0; layer < layers; layer++) {
      const input = layer === 0 ? embedding : units;
      forward += gru(sourceTokens, input) + gru(targetTokens, input);
    }
    forward += 2 * targetTokens * units * vocabulary;
  }
  return 3 * forward;
}

/** What tfjs lacks at least to train an embedding on wasm. */
function registerPlainSegmentSum(): void {
  registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, backend, attrs }) => {
      const wasm = backend as {
        makeOutput(shape: number[], dtype: string): TensorInfo;
        typedArrayFromHeap(tensor: TensorInfo): Float32Array;
      };
      const [x, ids] = [inputs['x'], inputs['segmentIds']] as [TensorInfo, TensorInfo];
      const inner = x.shape.slice(ids.shape.length);
      const size = util.sizeFromShape(inner);
      const out = wasm.makeOutput([attrs?.['numSegments'] as number, ...inner], 'float32');
      const [values, rows, sums] = [x, ids, out].map((tensor) => wasm.typedArrayFromHeap(tensor)) as [
        Float32Array,
        Float32Array,
        Float32Array,
      ];
      sums.fill(0);
      for (let i = 0; i < rows.length; i++) {
        const to = (rows[i] as number) * size;
        for (let j = 0; j < size; j++)
          sums[to + j] = (sums[to + j] as number) + (values[i * size + j] as number);
      }
      return out;
    },
  });
}

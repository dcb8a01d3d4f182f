import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { setBackend } from '@tensorflow/tfjs-core';
import { installWasmKernels } from '../../src/backend/wasm/index.js';
import { extrapolate } from '../extrapolate.js';
import { layersModel } from '../layersModel.js';
import { startLimits } from '../limits.js';
import { measure, type MeasureOptions, type Samples, type Task } from '../measure.js';
import { benchModel } from '../model.js';
import { modelSizes, type ModelSizes } from '../modelSizes.js';
import { withPlainKernels } from '../plainKernels.js';
import { productFlop } from '../productFlop.js';
import type { BenchResult, Suite, Workload } from '../workload.js';

/** For more operations tfjs's own kernels need several seconds a step: they do a part of the work. */
const PLAIN_FLOP = 12e9;

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

/** One step of ours and what stands beside it. */
interface Comparison {
  readonly name: string;
  readonly sizes: ModelSizes;
  readonly step: Task;
}

async function compare(name: string, sizes: ModelSizes): Promise<BenchResult[]> {
  await installWasmKernels();
  await setBackend('wasm');
  const ours = benchModel(sizes);
  const comparison = { name, sizes, step: () => ours.step() };
  try {
    if (sizes.attention) {
      const note = 'its attention cannot be expressed with the layers of tfjs-layers';
      return [{ ...(await withLimit(comparison)), note }];
    }
    return [
      await withLimit(comparison),
      await withLayers(comparison),
      await withPlainLayers(comparison),
      await withLayersOnCpu(comparison),
    ];
  } finally {
    ours.dispose();
  }
}

/** Against the time that its matrix products alone would take a loop that never leaves the registers. */
async function withLimit({ name, sizes, step }: Comparison): Promise<BenchResult> {
  const limits = await startLimits(128);
  const [own, limit] = await timeSteps([step, () => limits.compute()]);
  limits.dispose();
  const flop = productFlop(sizes);
  const peerMs = (flop / limits.flopPerRun) * limit.least;
  return result(name, own.median, 'products at the SIMD limit', peerMs, {
    GFLOP: Number((flop / 1e9).toFixed(1)),
    'times the limit': Number((own.median / peerMs).toFixed(2)),
  });
}

async function withLayers({ name, sizes, step }: Comparison): Promise<BenchResult> {
  const theirs = layersModel(sizes);
  const [own, peer] = await timeSteps([step, () => theirs.step()]);
  theirs.dispose();
  return result(name, own.median, 'tfjs-layers, these kernels', peer.median);
}

async function withPlainLayers({ name, sizes, step }: Comparison): Promise<BenchResult> {
  const peer = 'tfjs-layers, plain wasm';
  if (productFlop(sizes) <= PLAIN_FLOP) {
    const theirs = layersModel(sizes);
    const [own, plain] = await timeSteps([step, await withPlainKernels(() => theirs.step())]);
    theirs.dispose();
    return result(name, own.median, peer, plain.median);
  }
  // The batch stays, since products with fewer rows would run at another speed.
  const lengths = [3, 6].map((length) => ({ ...sizes, length }));
  const note = 'peer extrapolated from lengths 3 and 6';
  return extrapolated({ name, sizes, step }, peer, lengths, withPlainKernels, note);
}

/**
 * On the cpu backend a step takes minutes. Two small batches of short sentences tell what a step costs, and
 * what a row costs.
 */
async function withLayersOnCpu({ name, sizes, step }: Comparison): Promise<BenchResult> {
  const small = [1, 4].map((batch) => ({ ...sizes, batch, length: 4 }));
  const onCpu = async (run: () => unknown): Promise<Task> => ({
    run,
    before: () => setBackend('cpu'),
    after: () => setBackend('wasm'),
  });
  const note = 'peer extrapolated from batches 1 and 4 of length 4, one sample';
  return extrapolated({ name, sizes, step }, 'tfjs-layers, cpu', small, onCpu, note, { samples: 1 });
}

/**
 * Against a peer that is measured at two smaller sizes. Its time lies on the line through them, by the work
 * of the products.
 */
async function extrapolated(
  { name, sizes, step }: Comparison,
  peer: string,
  smaller: readonly ModelSizes[],
  prepare: (run: () => unknown) => Promise<Task>,
  note: string,
  options: MeasureOptions = {},
): Promise<BenchResult> {
  const theirs = smaller.map((size) => layersModel(size));
  const tasks = await Promise.all(theirs.map((model) => prepare(() => model.step())));
  const [own, ...times] = await timeSteps([step, ...tasks], options);
  for (const model of theirs) model.dispose();
  const [small, large] = times.map(({ median: ms }, i) => ({
    ms,
    work: productFlop(smaller[i] as ModelSizes),
  }));
  return result(name, own.median, peer, extrapolate(small as never, large as never, productFlop(sizes)), {
    note,
  });
}

function timeSteps(
  tasks: readonly Task[],
  options: MeasureOptions = {},
): Promise<[Samples, Samples, ...Samples[]]> {
  return measure(tasks, { sampleMs: 1, warmups: 1, ...options }) as Promise<[Samples, Samples, ...Samples[]]>;
}

function result(
  name: string,
  ms: number,
  peer: string,
  peerMs: number,
  details: Record<string, number | string> = {},
): BenchResult {
  return { name, ms, peer, peerMs, ratio: peerMs / ms, ...details };
}

import '@tensorflow/tfjs-backend-wasm';
import { setBackend } from '@tensorflow/tfjs-core';
import { installWasmKernels } from '../../src/backend/wasm/index.js';
import { inProportion } from '../extrapolate.js';
import { measure } from '../measure.js';
import { benchModel } from '../model.js';
import { modelSizes, type ModelSizes } from '../modelSizes.js';
import type { BenchResult, Suite, Workload } from '../workload.js';

const sizes = modelSizes['gru2-browser'] as ModelSizes;

/** What grows, and its sizes; the rest stays as `gru2-browser` has it. */
const axes = {
  length: [10, 20, 40, 80, 160],
  batch: [1, 4, 16, 64, 256],
  vocabulary: [1000, 5000, 10000, 50000],
} as const;

/** How a training step's time grows with its data. The peer is growth in proportion from the first point. */
export const scaling: Suite = {
  names: Object.keys(axes).map((axis) => `scaling/${axis}`),
  async workloads() {
    await setBackend('wasm');
    await installWasmKernels();
    return Object.entries(axes).map(([axis, points]): Workload => ({
      name: `scaling/${axis}`,
      run: () => grow(axis as keyof typeof axes, points),
    }));
  },
};

async function grow(axis: keyof typeof axes, points: readonly number[]): Promise<BenchResult[]> {
  const models = points.map((point) => benchModel({ ...sizes, [axis]: point }));
  const times = await measure(
    models.map((model) => () => model.step()),
    { sampleMs: 1, warmups: 1 },
  );
  for (const model of models) model.dispose();
  const measured = times.map(({ median: ms }, i) => ({ work: points[i] as number, ms }));
  const [first] = measured as [(typeof measured)[number]];
  return measured.slice(1).map(({ work, ms }) => {
    const peerMs = inProportion(first, work);
    const growth = `${(ms / first.ms).toFixed(1)} x the time for ${work / first.work} x the ${axis}`;
    return {
      name: `scaling/${axis}/${work}`,
      ms,
      peer: `${axis} ${first.work} in proportion`,
      peerMs,
      ratio: peerMs / ms,
      growth,
    };
  });
}

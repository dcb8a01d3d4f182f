import type { MemoryQuestion, MemoryUse } from '../children/memory.js';
import { startChild } from '../childProcess.js';
import type { BenchResult, Suite } from '../workload.js';

const PEER = 'tfjs-layers, these kernels';

/** What training the `gru2` model holds, and whether any of it grows. Times here are by the way. */
export const memory: Suite = {
  names: ['memory/gru2', 'memory/growth'],
  workloads: () =>
    Promise.resolve([
      { name: 'memory/gru2', run: peak },
      { name: 'memory/growth', run: growth },
    ]),
};

/** Twenty steps, as wide as they are. */
async function peak(): Promise<BenchResult[]> {
  const ours = await train({ who: 'tfjs-seq2seq', settle: 1, steps: 19 });
  const theirs = await train({ who: 'tfjs-layers', settle: 1, steps: 7 });
  return [
    {
      ...times('memory/gru2', ours, theirs),
      'peak MB': megabytes(ours.peak),
      'between steps': megabytes(ours.live),
      'wasm memory': megabytes(ours.length),
      "peer's peak": megabytes(theirs.peak),
      "peer's between steps": megabytes(theirs.live),
      "peer's wasm memory": megabytes(theirs.length),
    },
  ];
}

/** Three hundred steps of the same weights, with a small batch so that they take seconds. */
async function growth(): Promise<BenchResult[]> {
  const ours = await train({ who: 'tfjs-seq2seq', settle: 20, steps: 300, batch: 2 });
  const theirs = await train({ who: 'tfjs-layers', settle: 1, steps: 7, batch: 2 });
  const { bytes, length, tensors } = ours.growth;
  const grown = `${tensors} tensors, ${bytes} bytes in use, ${length} bytes of WebAssembly memory`;
  return [{ ...times('memory/growth', ours, theirs), 'grown after steps 21 to 320': grown }];
}

async function train(question: MemoryQuestion): Promise<MemoryUse> {
  const child = startChild(new URL('../children/memory.ts', import.meta.url));
  try {
    return await child.ask<MemoryUse>(JSON.stringify(question));
  } finally {
    child.end();
  }
}

function times(name: string, { ms }: MemoryUse, { ms: peerMs }: MemoryUse): BenchResult {
  return { name, ms, peer: PEER, peerMs, ratio: peerMs / ms };
}

function megabytes(bytes: number): number {
  return Number((bytes / 1e6).toFixed(0));
}

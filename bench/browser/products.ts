import {
  engine,
  getKernel,
  tensor,
  type KernelConfig,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { getThreadsCount, setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import { useBackend } from '../../src/backend/index.js';
import { installWasmKernels, uninstallWasmKernels } from '../../src/backend/wasm/index.js';
import type { WasmBackend } from '../../src/backend/wasm/heap.js';
import { createRandom } from '../../src/core/random.js';
import { measure, type Samples } from '../measure.js';
import type { BenchResult } from '../workload.js';

declare global {
  /** Prints a line of the table. */
  var report: (result: BenchResult) => Promise<void>;
  /** Set at the end. */
  var finished: boolean;
}

/**
 * Batch, rows, depth, columns. Each product is also measured with a right operand that changes before every
 * product, as weights do in training.
 */
const sizes = [
  [1, 16, 16, 16],
  [1, 32, 32, 32],
  [1, 64, 64, 64],
  [1, 128, 128, 128],
  [1, 256, 256, 256],
  [1, 512, 512, 512],
  [1, 1024, 1024, 1024],
  [1, 1, 64, 64],
  [1, 1, 128, 512],
  [1, 1, 256, 768],
  [1, 1, 512, 1536],
  [1, 1, 512, 10000],
  [1, 4, 512, 1536],
  [1, 4, 512, 10000],
  [1, 16, 512, 1536],
  [1, 16, 512, 10000],
  [1, 32, 512, 1536],
  [1, 32, 64, 64],
  [1, 32, 128, 128],
  [1, 64, 256, 768],
  [1, 64, 512, 10000],
  [1, 704, 512, 10000],
  [1, 704, 10000, 512],
  [64, 1, 256, 768],
] as const;

const query = new URLSearchParams(location.search);
const wanted = query.get('only') ?? '';
const threads = Number(query.get('threads') ?? 0);
if (threads > 0) {
  // tfjs takes half of the cores at most.
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: 2 * threads });
  setThreadsCount(threads);
}
await useBackend('wasm');
const ours = getKernel('BatchMatMul', 'wasm');
uninstallWasmKernels();
const theirs = getKernel('BatchMatMul', 'wasm');
await installWasmKernels();
console.log(`isolated: ${crossOriginIsolated}, threads of tfjs: ${getThreadsCount()}`);
for (const size of sizes) {
  for (const kind of ['nn', 'nn-changed', 'nt'] as const) {
    const name = `${size.join('x')}/${kind}`;
    if (name.includes(wanted)) await report(await compare(name, size, kind));
  }
}
globalThis.finished = true;

/** Both kernels, called as the engine calls them. */
async function compare(
  name: string,
  [batch, rows, depth, columns]: readonly [number, number, number, number],
  kind: 'nn' | 'nn-changed' | 'nt',
): Promise<BenchResult> {
  const transposeB = kind === 'nt';
  const a = numbers([batch, rows, depth]);
  const b = numbers(transposeB ? [1, columns, depth] : [1, depth, columns]);
  const product = (kernel: KernelConfig) => () => {
    const { backend } = engine();
    const attrs = { transposeA: false, transposeB };
    const out = kernel.kernelFunc({ inputs: { a, b }, backend, attrs }) as TensorInfo;
    backend.disposeData(out.dataId);
    if (kind === 'nn-changed') forget(b);
  };
  const timed = await measure([product(ours), product(theirs)], { samples: 15 });
  const [own, peer] = timed as [Samples, Samples];
  a.dispose();
  b.dispose();
  return {
    name,
    ms: own.median,
    peer: 'tfjs with threads',
    peerMs: peer.median,
    ratio: peer.median / own.median,
    'least ratio': (peer.least / own.least).toFixed(2),
    GFLOPS: ((2 * batch * rows * depth * columns) / own.median / 1e6).toFixed(1),
  };
}

/** Has tfjs drop the packed copy that it keeps of a right operand until that changes. */
function forget(tensor: Tensor): void {
  const { wasm, dataIdMap } = engine().backend as unknown as WasmBackend;
  const { id, memoryOffset } = dataIdMap.get(tensor.dataId);
  wasm.tfjs.disposeData(id);
  wasm.tfjs.registerTensor(id, tensor.size, memoryOffset);
}

function numbers(shape: number[]): Tensor {
  const random = createRandom(1);
  const size = shape.reduce((product, length) => product * length);
  return tensor(
    Float32Array.from({ length: size }, () => random.next() - 0.5),
    shape,
  );
}

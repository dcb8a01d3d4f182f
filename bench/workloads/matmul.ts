import '@tensorflow/tfjs-backend-wasm';
import {
  engine,
  getKernel,
  setBackend,
  tensor2d,
  type KernelConfig,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { installWasmKernels } from '../../src/backend/wasm/index.js';
import { createRandom } from '../../src/core/random.js';
import { startLimits, type Limits } from '../limits.js';
import { measure, type Samples } from '../measure.js';
import type { BenchResult, Suite, Workload } from '../workload.js';

const sizes = [
  [512, 512, 512],
  [704, 512, 10000],
  [32, 512, 1536],
  [1, 512, 10000],
  [5, 512, 10000],
] as const;

/** Letters as in BLAS: n = as it is, t = transposed; the left operand first. */
const transposes = { nn: [false, false], nt: [false, true], tn: [true, false], tt: [true, true] } as const;

/** Matrix products against tfjs's own kernel, with the share of what the processor could do at most. */
export const matmul: Suite = {
  names: sizes.flatMap((size) =>
    Object.keys(transposes).map((letters) => `matmul/${size.join('x')}/${letters}`),
  ),
  async workloads() {
    await setBackend('wasm');
    const theirs = getKernel('BatchMatMul', 'wasm');
    await installWasmKernels();
    const ours = getKernel('BatchMatMul', 'wasm');
    const limits = await startLimits(4 * 512 * 10000);
    return sizes.flatMap((size) =>
      Object.entries(transposes).map(([letters, [transposeA, transposeB]]): Workload => {
        const name = `matmul/${size.join('x')}/${letters}`;
        return { name, run: () => compare(name, size, transposeA, transposeB, ours, theirs, limits) };
      }),
    );
  },
};

async function compare(
  name: string,
  [rows, depth, columns]: readonly [number, number, number],
  transposeA: boolean,
  transposeB: boolean,
  ours: KernelConfig,
  theirs: KernelConfig,
  limits: Limits,
): Promise<BenchResult[]> {
  const a = matrix(transposeA ? [depth, rows] : [rows, depth]);
  const b = matrix(transposeB ? [columns, depth] : [depth, columns]);
  // Both kernels are called as the engine calls them, without the engine.
  const product = (kernel: KernelConfig) => () => {
    const { backend } = engine();
    const inputs = { a, b };
    const out = kernel.kernelFunc({ inputs, backend, attrs: { transposeA, transposeB } }) as TensorInfo;
    backend.disposeData(out.dataId);
  };
  const bytes = 4 * depth * columns;
  const flop = 2 * rows * depth * columns;
  const timed = await measure([
    product(ours),
    product(theirs),
    () => limits.compute(),
    () => limits.read(bytes),
  ]);
  const [{ median: ms }, { median: peerMs }, arithmetic, reading] = timed as [
    Samples,
    Samples,
    Samples,
    Samples,
  ];
  a.dispose();
  b.dispose();
  const arithmeticMs = (arithmetic.least * flop) / limits.flopPerRun;
  const least = Math.max(arithmeticMs, reading.least);
  const details = {
    bound: least === arithmeticMs ? 'arithmetic' : 'memory',
    GFLOPS: round(flop / ms / 1e6),
    'GFLOPS limit': round(flop / arithmeticMs / 1e6),
    ...(rows < 32 && { 'GB/s': round(bytes / ms / 1e6), 'GB/s limit': round(bytes / reading.least / 1e6) }),
  };
  return [
    {
      name,
      ms,
      peer: 'tfjs BatchMatMul',
      peerMs,
      ratio: peerMs / ms,
      share: round(least / ms, 3),
      ...details,
    },
  ];
}

function matrix(shape: [number, number]): Tensor {
  const random = createRandom(1);
  return tensor2d(
    Float32Array.from({ length: shape[0] * shape[1] }, () => random.next() - 0.5),
    shape,
  );
}

function round(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}

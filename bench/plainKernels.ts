import {
  getKernelsForBackend,
  registerKernel,
  unregisterKernel,
  util,
  type KernelConfig,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { installWasmKernels, uninstallWasmKernels } from '../src/backend/wasm/index.js';
import type { PreparedTask } from './measure.js';

type Kernels = ReadonlyMap<string, KernelConfig>;

interface KernelSets {
  readonly plain: Kernels;
  readonly ours: Kernels;
}

let sets: Promise<KernelSets> | undefined;

/**
 * A task that runs with tfjs's own wasm kernels; this library's change places with them around each sample, untimed.
 * They are exchanged in tfjs's register and stay installed: code that V8 has just made afresh would run slower than
 * it does in a program that installs the kernels once.
 */
export async function withPlainKernels(run: () => unknown): Promise<PreparedTask> {
  const { plain, ours } = await (sets ??= readSets());
  return { run, before: () => exchange(ours, plain), after: () => exchange(plain, ours) };
}

async function readSets(): Promise<KernelSets> {
  uninstallWasmKernels();
  registerPlainSegmentSum();
  const plain = registered();
  unregisterKernel('UnsortedSegmentSum', 'wasm');
  await installWasmKernels();
  return { plain, ours: registered() };
}

function registered(): Kernels {
  return new Map(getKernelsForBackend('wasm').map((kernel) => [kernel.kernelName, kernel]));
}

function exchange(from: Kernels, to: Kernels): void {
  const changed = ([name, kernel]: [string, KernelConfig], other: Kernels): boolean =>
    other.get(name) !== kernel;
  for (const entry of from) if (changed(entry, to)) unregisterKernel(entry[0], 'wasm');
  for (const entry of to) if (changed(entry, from)) registerKernel(entry[1]);
}

/** The least that tfjs lacks to train an embedding on wasm: `sums[ids[i]] += x[i]`. */
export function registerPlainSegmentSum(): void {
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

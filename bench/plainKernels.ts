import {
  getKernelsForBackend,
  registerKernel,
  unregisterKernel,
  type KernelConfig,
} from '@tensorflow/tfjs-core';
import { installWasmKernels, uninstallWasmKernels } from '../src/backend/wasm/index.js';
import { plainSegmentSum } from '../src/backend/wasm/plainSegmentSum.js';
import type { PreparedTask } from './measure.js';

type Kernels = ReadonlyMap<string, KernelConfig>;

interface KernelSets {
  readonly plain: Kernels;
  readonly ours: Kernels;
}

let sets: Promise<KernelSets> | undefined;

/**
 * A task that runs with tfjs's own wasm kernels. This library's change places with them around each sample,
 * untimed. They are exchanged in tfjs's register and stay installed. Code that V8 has just made afresh would
 * run slower than it does in a program that installs the kernels once.
 */
export async function withPlainKernels(run: () => unknown): Promise<PreparedTask> {
  const { plain, ours } = await (sets ??= readSets());
  return { run, before: () => exchange(ours, plain), after: () => exchange(plain, ours) };
}

async function readSets(): Promise<KernelSets> {
  uninstallWasmKernels();
  registerKernel(plainSegmentSum);
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

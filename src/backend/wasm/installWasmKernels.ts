import {
  backend_util,
  engine,
  getKernel,
  registerKernel,
  setBackend,
  unregisterKernel,
  type KernelConfig,
} from '@tensorflow/tfjs-core';
import { Seq2SeqError } from '../../core/errors.js';
import { avoidBrokenThreads } from './avoidBrokenThreads.js';
import { attachHeap, isWasmBackend, memoryOf, type Heap } from './heap.js';
import type { NativeCall, NativeKernel } from './nativeKernel.js';
import { nativeKernels } from './nativeKernels.js';
import { plainSegmentSum } from './plainSegmentSum.js';

const backendName = 'wasm';

/** What stands in for a kernel of tfjs, and what stood there before. */
interface Replacement {
  readonly ours: KernelConfig;
  readonly previous: KernelConfig | undefined;
}

const replacements: Replacement[] = [];
const heaps = new Map<object, Heap>();
const modules = new Map<'unshared' | 'shared', WebAssembly.Module>();
let installation: Promise<void> | undefined;
let warned = false;

/**
 * Replaces the slow kernels of tfjs's `wasm` backend, adds those that it lacks for training, and gives this
 * library's own operations native versions. They run in tfjs's own memory, without copies, and serve every
 * tfjs program on the page: `tf.matMul` with any transpose at the processor's 128-bit limit, the gradient of
 * `tf.gather` (without which no embedding trains on this backend), `tf.tanh` and more.
 *
 * Starts the backend if it is not up yet. The backend in use stays the same, unless none had been chosen. A
 * second call does nothing. {@link uninstallWasmKernels} undoes it.
 *
 * Some versions of tfjs lack the internals that the kernels need, and some processors have no SIMD. There a
 * warning says so once, tfjs's own kernels stay, and everything still works.
 *
 * @throws `backend-unavailable` if the wasm backend itself does not start here
 * @example
 * ```ts
 * import { matMul, setBackend, tensor2d } from '@tensorflow/tfjs-core';
 * import { installWasmKernels } from 'tfjs-seq2seq/wasm';
 *
 * await installWasmKernels();
 * await setBackend('wasm');
 * const product = matMul(tensor2d([[1, 2]]), tensor2d([[3, 4]]), false, true); // [[11]]
 * product.print();
 * ```
 */
export function installWasmKernels(): Promise<void> {
  if (installation !== undefined) return installation;
  const started: Promise<void> = install(() => installation === started).catch((error: unknown) => {
    if (installation === started) installation = undefined;
    throw error;
  });
  return (installation = started);
}

/**
 * Puts tfjs's own kernels back and frees the scratch memory. Does nothing where no kernels are installed.
 *
 * @example
 * ```ts
 * import { installWasmKernels, uninstallWasmKernels } from 'tfjs-seq2seq/wasm';
 *
 * await installWasmKernels();
 * uninstallWasmKernels();
 * ```
 */
export function uninstallWasmKernels(): void {
  installation = undefined;
  for (const { ours, previous } of replacements.splice(0)) {
    // Whoever replaced a kernel after us takes that back.
    if (getKernel(ours.kernelName, backendName) !== ours) continue;
    unregisterKernel(ours.kernelName, backendName);
    if (previous !== undefined) registerKernel(previous);
  }
  for (const heap of heaps.values()) heap.release();
  heaps.clear();
}

/** @param wanted whether nobody has called {@link uninstallWasmKernels} meanwhile */
async function install(wanted: () => boolean): Promise<void> {
  await import('@tensorflow/tfjs-backend-wasm');
  avoidBrokenThreads();
  const backend = await startBackend();
  const obstacle = await prepare(backend);
  if (!wanted()) return;
  if (obstacle !== undefined) {
    if (!warned) backend_util.warn(`installWasmKernels: ${obstacle}, so tfjs's own kernels stay in use.`);
    warned = true;
    if (getKernel(plainSegmentSum.kernelName, backendName) === undefined)
      register(plainSegmentSum, undefined);
    return;
  }
  heapOf(backend);
  for (const kernel of nativeKernels) replace(kernel);
}

async function startBackend(): Promise<object> {
  const { registry, backendName: current } = engine();
  if (registry[backendName] === undefined) {
    if (!(await setBackend(backendName))) {
      throw new Seq2SeqError(
        'backend-unavailable',
        'installWasmKernels: the wasm backend of tfjs did not start.',
      );
    }
    if (typeof current === 'string' && current !== backendName) await setBackend(current);
  }
  return registry[backendName] as object;
}

/** Compiles the module for the backend's kind of memory. @returns what stands in the way, if anything */
async function prepare(backend: object): Promise<string | undefined> {
  if (!isWasmBackend(backend)) return 'this version of tfjs keeps its memory elsewhere';
  const kind = memoryKind(memoryOf(backend));
  if (!modules.has(kind)) {
    const binary = decodeBase64(await moduleText(kind));
    if (!WebAssembly.validate(binary)) return 'this JavaScript engine has no WebAssembly SIMD';
    modules.set(kind, await WebAssembly.compile(binary));
  }
  return undefined;
}

/** The heap of a backend. A backend that was started later is attached at its first kernel. */
function heapOf(backend: object): Heap {
  let heap = heaps.get(backend);
  if (heap === undefined) {
    const module = isWasmBackend(backend) ? modules.get(memoryKind(memoryOf(backend))) : undefined;
    if (module === undefined || !isWasmBackend(backend)) {
      throw new Seq2SeqError(
        'backend-unavailable',
        'installWasmKernels: a wasm backend of another kind was started after the call. ' +
          'Call installWasmKernels() again.',
      );
    }
    heap = attachHeap(backend, module);
    heaps.set(backend, heap);
  }
  return heap;
}

function replace(kernel: NativeKernel): void {
  const { name } = kernel;
  const previous: KernelConfig | undefined = getKernel(name, backendName);
  const ours: KernelConfig = {
    kernelName: name,
    backendName,
    kernelFunc(call) {
      const heap = heapOf(call.backend);
      const nativeCall: NativeCall = {
        inputs: call.inputs,
        attributes: call.attrs ?? {},
        original() {
          if (previous === undefined)
            throw new Error(`tfjs has no kernel '${name}' for these inputs on wasm.`);
          return previous.kernelFunc(call);
        },
      };
      return heap.run(() => kernel.run(heap, nativeCall));
    },
    setupFunc: (backend) => previous?.setupFunc?.(backend),
    disposeFunc(backend) {
      heaps.delete(backend);
      previous?.disposeFunc?.(backend);
    },
  };
  register(ours, previous);
}

function register(ours: KernelConfig, previous: KernelConfig | undefined): void {
  if (previous !== undefined) unregisterKernel(ours.kernelName, backendName);
  registerKernel(ours);
  replacements.push({ ours, previous });
}

function memoryKind(memory: WebAssembly.Memory): 'unshared' | 'shared' {
  return typeof SharedArrayBuffer === 'function' && memory.buffer instanceof SharedArrayBuffer
    ? 'shared'
    : 'unshared';
}

async function moduleText(kind: 'unshared' | 'shared'): Promise<string> {
  return kind === 'shared'
    ? (await import('./generated/sharedModule.js')).sharedModule
    : (await import('./generated/unsharedModule.js')).unsharedModule;
}

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

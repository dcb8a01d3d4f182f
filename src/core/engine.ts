import { engine, getKernel, registerKernel, getGradient, registerGradient } from '@tensorflow/tfjs-core';
import type { GradConfig, KernelFunc, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';
import { mismatch } from './errors.js';

/** An operation of this library with several outputs, or with a faster version on some backend. */
export interface KernelDefinition {
  /** Starts with `Seq2Seq`, so that it cannot meet a kernel of tfjs. */
  readonly name: string;
  /** The operation as a composition of tfjs operations, for every backend without a version of its own. */
  readonly compose: KernelFunc;
  readonly gradient?: Omit<GradConfig, 'kernelName'>;
}

/**
 * Runs a kernel on the current backend. The composition and the gradient are registered here, at first use,
 * so that importing this library changes nothing.
 */
export function runKernel<T extends Tensor | Tensor[]>(
  definition: KernelDefinition,
  inputs: Record<string, Tensor>,
  attributes: NamedAttrMap = {},
): T {
  const backendName = engine().backendName;
  if (getKernel(definition.name, backendName) === undefined) {
    registerKernel({ kernelName: definition.name, backendName, kernelFunc: definition.compose });
  }
  if (definition.gradient !== undefined && getGradient(definition.name) === undefined) {
    registerGradient({ kernelName: definition.name, ...definition.gradient });
  }
  return engine().runKernel(definition.name, inputs as never, attributes) as T;
}

/** Whether what runs right now is recorded on a gradient tape; what a kernel or a custom gradient runs inside is not. */
export function recordingGradients(): boolean {
  const { gradientDepth, kernelDepth } = engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}

/** Backends whose tensors lie in memory that the CPU reads. */
const READABLE = ['cpu', 'wasm', 'tensorflow'];

/** A tensor's numbers where looking at them waits for nothing; `null` on a GPU. */
export function readAtOnce(tensor: Tensor): ArrayLike<number> | null {
  return READABLE.includes(engine().backendName) ? tensor.dataSync() : null;
}

/** Asks for a backend by name, since tfjs does not say how to get one; one that is there starts when it is needed. */
export function checkBackend(where: string): void {
  if (engine().backendNames().length > 0) return;
  throw mismatch('backend-unavailable', {
    where,
    expected: 'a backend of TensorFlow.js',
    received: 'none',
    hint: "First `await useBackend('auto')`, which 'tfjs-seq2seq/backend' has.",
  });
}

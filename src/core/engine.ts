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

/**
 * Whether what runs right now is recorded on a gradient tape. What runs inside a kernel or a custom gradient
 * is not.
 */
export function recordingGradients(): boolean {
  const { gradientDepth, kernelDepth } = engine().state;
  return gradientDepth > 0 && kernelDepth === 0;
}

/** Backends whose tensors lie in memory that the CPU reads. */
const READABLE = ['cpu', 'wasm', 'tensorflow'];

/** A tensor's numbers, where reading them waits for nothing. On a GPU `null`. */
export function readAtOnce(tensor: Tensor): ArrayLike<number> | null {
  return READABLE.includes(engine().backendName) ? tensor.dataSync() : null;
}

/**
 * Refuses to go on where no backend was asked for: tfjs itself does not say how to get one. A backend that is
 * there starts when it is needed.
 */
export function checkBackend(where: string): void {
  if (engine().backendNames().length > 0) return;
  throw mismatch('backend-unavailable', {
    where,
    expected: 'a backend of TensorFlow.js',
    received: 'none',
    hint: "First `await useBackend('auto')`, which 'tfjs-seq2seq/backend' has.",
  });
}

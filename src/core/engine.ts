import { engine, getKernel, registerKernel, getGradient, registerGradient } from '@tensorflow/tfjs-core';
import type { GradConfig, KernelFunc, NamedAttrMap, Tensor } from '@tensorflow/tfjs-core';

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

import type { Attribute, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Heap } from './heap.js';

/** What a kernel is called with. */
export interface NativeCall {
  readonly inputs: Readonly<Record<string, TensorInfo | undefined>>;
  readonly attributes: NamedAttrMap;
  /** Runs the kernel of tfjs that this one stands in for, on the same inputs. */
  original(): TensorInfo | TensorInfo[];
}

/** A kernel that runs in the memory of tfjs's wasm backend. */
export interface NativeKernel {
  /**
   * The name it is registered under for backend `wasm`: that of a `KernelDefinition` of this library, or a
   * constant of tfjs, such as `Tanh`. Ours are written out: a definition would bring its composition along. A
   * test holds that each is the name of one.
   */
  readonly name: string;
  run(heap: Heap, call: NativeCall): TensorInfo | TensorInfo[];
}

/** An input that the operation always passes. */
export function input(call: NativeCall, name: string): TensorInfo {
  const tensor = call.inputs[name];
  if (tensor === undefined) throw new TypeError(`A kernel was called without its input '${name}'.`);
  return tensor;
}

/** An attribute, with the type that the operation always gives it. */
export function attribute<T extends Attribute>(call: NativeCall, name: string): T {
  return call.attributes[name] as T;
}

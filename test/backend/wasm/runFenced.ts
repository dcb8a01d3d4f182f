import { tensor, util } from '@tensorflow/tfjs-core';
import type { DataType, NamedAttrMap, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import { unsharedModule } from '../../../src/backend/wasm/generated/unsharedModule.js';
import { attachHeap, type WasmBackend } from '../../../src/backend/wasm/heap.js';
import type { NativeKernel } from '../../../src/backend/wasm/nativeKernel.js';
import { Fenced } from './fenced.js';

const module = new WebAssembly.Module(Buffer.from(unsharedModule, 'base64'));

/**
 * Runs a kernel where every tensor, and all memory that it borrows, lies between fences.
 *
 * @throws where the kernel changes a fence
 */
export function runFenced(
  kernel: NativeKernel,
  inputs: Readonly<Record<string, Tensor>>,
  attributes: NamedAttrMap = {},
): Tensor[] {
  const fenced = new Fenced();
  const places = new Map<object, { id: number; memoryOffset: number }>();
  const placed = (memoryOffset: number, shape: number[], dtype: DataType): TensorInfo => {
    const dataId = {};
    places.set(dataId, { id: places.size, memoryOffset });
    return { dataId, shape, dtype };
  };
  const addressOf = (dataId: object): { id: number; memoryOffset: number } => {
    const place = places.get(dataId);
    if (place === undefined) throw new Error('this data is not in the fenced memory');
    return place;
  };
  const backend: WasmBackend = {
    wasm: {
      asm: { memory: fenced.memory },
      _malloc: (bytes) => fenced.room(bytes / 4),
      _free: () => undefined,
      tfjs: { registerTensor: () => undefined, disposeData: () => undefined },
    },
    dataIdMap: { get: addressOf },
    makeOutput: (shape, dtype) => placed(fenced.room(util.sizeFromShape(shape)), shape, dtype),
    refCount: () => 1,
    incRef: () => undefined,
    disposeData: () => true,
  };
  const heap = attachHeap(backend, module);
  const infos = Object.entries(inputs).map(([name, input]) => {
    const values = input.dataSync<'float32' | 'int32'>();
    return [name, placed(fenced.put(values), input.shape, input.dtype)] as const;
  });
  const original = (): never => {
    throw new Error(`${kernel.name} is left to tfjs`);
  };
  const outputs = [kernel.run(heap, { inputs: Object.fromEntries(infos), attributes, original })].flat();
  if (!fenced.isIntact()) throw new Error(`${kernel.name} writes outside of its outputs`);
  return outputs.map(({ dataId, shape }) =>
    tensor(fenced.read(addressOf(dataId).memoryOffset, util.sizeFromShape(shape)), shape),
  );
}

import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { outOfMemory } from '../deviceWatch.js';
import { namedKernels, type Kernels } from './generated/kernels.js';
import { packedCopies, type PackedCopies, type RightOperand } from './packedCopies.js';

/**
 * What the kernels use of tfjs's wasm backend. All of it is internal, so that {@link isWasmBackend} looks
 * first.
 */
export interface WasmBackend {
  readonly wasm: {
    /** The binary's exports. Its memory is one of them, unless it is shared with threads. */
    readonly asm: { readonly memory?: WebAssembly.Memory };
    /** The memory that the threaded binary imports. */
    readonly wasmMemory?: WebAssembly.Memory;
    _malloc(bytes: number): number;
    _free(address: number): void;
    /** The C++ side's register of tensors. */
    readonly tfjs: {
      registerTensor(id: number, size: number, address: number): void;
      /** Forgets a tensor, and what was derived from its contents. */
      disposeData(id: number): void;
      getThreadsCount?(): number;
    };
  };
  readonly dataIdMap: { get(dataId: object): { readonly id: number; readonly memoryOffset: number } };
  makeOutput(shape: number[], dtype: DataType): TensorInfo;
  refCount(dataId: object): number;
  incRef(dataId: object): void;
  /** Drops one reference, and the data with the last. */
  disposeData(dataId: object): boolean;
}

/** The memory that a backend's tensors lie in. In a cross-origin isolated page it is shared with threads. */
export function memoryOf({ wasm }: Pick<WasmBackend, 'wasm'>): WebAssembly.Memory {
  return (wasm.wasmMemory ?? wasm.asm.memory) as WebAssembly.Memory;
}

/** Whether a tfjs backend has every internal part that the kernels need. */
export function isWasmBackend(backend: unknown): backend is WasmBackend {
  const { wasm, dataIdMap, makeOutput, refCount, incRef, disposeData } = (backend ??
    {}) as Partial<WasmBackend>;
  return (
    (wasm?.wasmMemory ?? wasm?.asm?.memory) instanceof WebAssembly.Memory &&
    [
      wasm?._malloc,
      wasm?._free,
      wasm?.tfjs?.registerTensor,
      wasm?.tfjs?.disposeData,
      dataIdMap?.get,
      makeOutput,
      refCount,
      incRef,
      disposeData,
    ].every((member) => typeof member === 'function')
  );
}

/**
 * The memory of one wasm backend, with the kernels that work in it. When memory grows, addresses stay valid,
 * but views of it do not. So no view is kept.
 */
export interface Heap {
  readonly kernels: Kernels;
  /**
   * What every kernel's `scratch` stands for, `kernels.scratchBytes()` long. It is allocated at its first
   * use.
   */
  readonly scratch: number;
  /** How many threads tfjs's own kernels use. It is 1 outside of a cross-origin isolated page. */
  readonly threads: number;
  /** The right operands of products that came before. */
  readonly copies: Pick<PackedCopies, 'meet' | 'find'>;
  /** A tensor that holds one matrix, as the right operand of a product. */
  operand(tensor: TensorInfo, depth: number, columns: number, transposed: boolean): RightOperand;
  /** Where the data of a tensor starts. Data that another backend holds is moved here first. */
  address(tensor: TensorInfo): number;
  /** A new tensor with undefined contents. */
  output(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** The same data as another tensor: one reference more. */
  share(tensor: TensorInfo): TensorInfo;
  /** Like `share`, for writing. Drops what tfjs derived from the old contents, such as packed weights. */
  overwrite(tensor: TensorInfo): TensorInfo;
  /** The only element of a float32 tensor. */
  read(tensor: TensorInfo): number;
  /** Sets the only element of a float32 tensor. */
  write(tensor: TensorInfo, value: number): void;
  /** How many tensors and variables hold the data of `tensor`. */
  references(tensor: TensorInfo): number;
  /** Lends `bytes` of memory to `use` and takes them back, whatever happens. */
  borrow<T>(bytes: number, use: (address: number) => T): T;
  /** Runs a kernel. Where it fails, as when memory is full, none of its outputs stays behind. */
  run<T>(kernel: () => T): T;
  /**
   * Frees the scratch memory and all copies, and gives tfjs its own functions back. The heap stays usable.
   */
  release(): void;
}

/** The functions of a compiled module, which work in `memory`. */
export function startKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const env = { memory, abort: failed, log: Math.log };
  return namedKernels(new WebAssembly.Instance(module, { env }).exports);
}

/** Runs a compiled module inside the memory of `backend`. */
export function attachHeap(backend: WasmBackend, module: WebAssembly.Module): Heap {
  const { wasm, dataIdMap } = backend;
  const memory = memoryOf(backend);
  const kernels = startKernels(module, memory);
  let scratch = 0;
  let made: object[] = [];

  wasm._free(wasm._malloc(1)); // at its first call Emscripten replaces the function
  const { _malloc: malloc } = wasm;
  const copies = packedCopies(kernels, malloc, (address) => {
    wasm._free(address);
  });
  // tfjs does not look whether it got any memory. It would write its tensors over whatever lies at address 0.
  // And a size of 4 GB or more would lose its high bits on the way.
  const guarded = (bytes: number): number => {
    let address = bytes < 2 ** 32 ? malloc(bytes) : 0;
    if (address === 0 && bytes < 2 ** 32) {
      copies.clear();
      address = malloc(bytes);
    }
    return allocated(address, bytes);
  };
  wasm._malloc = guarded;
  const { disposeData } = wasm.tfjs;
  const forgetful = (id: number): void => {
    copies.forget(id);
    disposeData(id);
  };
  wasm.tfjs.disposeData = forgetful;
  const allocate = (bytes: number): number => allocated(wasm._malloc(bytes), bytes);
  const share = (tensor: TensorInfo): TensorInfo => {
    backend.incRef(tensor.dataId);
    made.push(tensor.dataId);
    return { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype };
  };
  return {
    kernels,
    share,
    copies,
    threads: wasm.tfjs.getThreadsCount?.() ?? 1,
    operand: ({ dataId }, depth, columns, transposed) => {
      const { id, memoryOffset } = dataIdMap.get(dataId);
      return { id, address: memoryOffset, depth, columns, transposed };
    },
    get scratch() {
      if (scratch === 0) scratch = allocate(kernels.scratchBytes());
      return scratch;
    },
    address: (tensor) => dataIdMap.get(tensor.dataId).memoryOffset,
    output(shape, dtype = 'float32') {
      const tensor = backend.makeOutput([...shape], dtype);
      made.push(tensor.dataId);
      return tensor;
    },
    run(kernel) {
      made = [];
      try {
        return kernel();
      } catch (error) {
        for (const dataId of made) backend.disposeData(dataId);
        throw error;
      } finally {
        made = [];
      }
    },
    overwrite(tensor) {
      const { id, memoryOffset } = dataIdMap.get(tensor.dataId);
      wasm.tfjs.disposeData(id); // tfjs forgets the tensor and what it derived from it; the memory stays
      wasm.tfjs.registerTensor(id, util.sizeFromShape(tensor.shape), memoryOffset);
      return share(tensor);
    },
    read(tensor) {
      return new Float32Array(memory.buffer, dataIdMap.get(tensor.dataId).memoryOffset, 1)[0] as number;
    },
    write(tensor, value) {
      new Float32Array(memory.buffer, dataIdMap.get(tensor.dataId).memoryOffset, 1)[0] = value;
    },
    references: (tensor) => backend.refCount(tensor.dataId),
    borrow(bytes, use) {
      const address = allocate(bytes);
      try {
        return use(address);
      } finally {
        wasm._free(address);
      }
    },
    release() {
      if (scratch !== 0) wasm._free(scratch);
      scratch = 0;
      copies.clear();
      if (wasm._malloc === guarded) wasm._malloc = malloc;
      if (wasm.tfjs.disposeData === forgetful) wasm.tfjs.disposeData = disposeData;
    },
  };
}

function allocated(address: number, bytes: number): number {
  if (address !== 0) return address >>> 0;
  throw outOfMemory(`the WebAssembly memory has no room for ${bytes} more bytes`);
}

function failed(): never {
  throw new Error('A WebAssembly kernel of tfjs-seq2seq failed.');
}

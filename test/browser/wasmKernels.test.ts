import { engine, getKernel } from '@tensorflow/tfjs-core';
import { expect, inject, test } from 'vitest';
import { isWasmBackend, memoryOf } from '../../src/backend/wasm/heap.js';
import { nativeKernels } from '../../src/backend/wasm/nativeKernels.js';
import { uninstallWasmKernels } from '../../src/backend/wasm/installWasmKernels.js';

test('the kernels are installed, in the kind of memory that the page allows', () => {
  const { backend } = engine();
  if (!isWasmBackend(backend)) throw new Error('tfjs keeps its wasm memory elsewhere');
  const { buffer } = memoryOf(backend);
  const kind = inject('isolated') ? SharedArrayBuffer : ArrayBuffer;
  expect(buffer).toBeInstanceOf(kind);

  const kernels = (): unknown[] => nativeKernels.map(({ name }) => getKernel(name, 'wasm'));
  const installed = kernels();
  expect(installed).not.toContain(undefined);
  uninstallWasmKernels();
  kernels().forEach((own, i) => expect(own).not.toBe(installed[i]));
});

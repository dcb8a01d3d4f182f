import '@tensorflow/tfjs-backend-cpu';
import { engine, setBackend } from '@tensorflow/tfjs-core';
import { uninstallWasmKernels } from '../../src/backend/wasm/installWasmKernels.js';

// Files share a process, which saves loading tfjs for each. Every file finds tfjs as it is after loading:
// without tensors, with its own kernels. It calculates in plain JavaScript until a test chooses a backend.
uninstallWasmKernels();
engine().reset();
await setBackend('cpu');

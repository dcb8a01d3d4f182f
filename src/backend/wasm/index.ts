export { installWasmKernels, uninstallWasmKernels } from './installWasmKernels.js';

export { useBackend, type BackendName, type UseBackendOptions } from './useBackend.js';

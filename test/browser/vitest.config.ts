import { playwright } from '@vitest/browser-playwright';
import { defineConfig, type TestProjectInlineConfiguration, type ViteUserConfig } from 'vitest/config';
import { chromiumArguments, chromiumPath } from '../support/chromium.js';
import { collectDownloads, takeDownloads } from './downloads.js';
import type { BackendName } from '../../src/backend/useBackend.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The tfjs backend that the tests run on. */
    backend: BackendName;
    /**
     * Whether the page is cross-origin isolated. It then has shared memory, and tfjs takes its threaded
     * binary.
     */
    isolated: boolean;
  }
}

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

type Backend = 'wasm' | 'webgl' | 'webgpu';

/** The test files, but for those that take a device away, on one backend in one page of a kind. */
function project(name: string, backend: Backend, isolated: boolean): TestProjectInlineConfiguration {
  const others = backend === 'wasm' ? ['device*'] : ['device*', 'wasmKernels'];
  return {
    extends: true,
    server: { headers: isolated ? isolation : {} },
    test: {
      name,
      include: ['test/browser/**/*.test.ts'],
      exclude: others.map((file) => `test/browser/${file}.test.ts`),
      provide: { backend, isolated },
      isolate: false,
    },
  };
}

/** Each in a page of its own: nothing works there afterwards. */
function lost(backend: Backend, files: readonly string[]): TestProjectInlineConfiguration {
  return {
    extends: true,
    test: {
      name: `${backend}, lost`,
      include: files.map((file) => `test/browser/${file}.test.ts`),
      provide: { backend, isolated: false },
    },
  };
}

const config: ViteUserConfig = defineConfig({
  // All that is bundled before the first test. When Vite finds more, it loads the page anew, also in the
  // middle of a test.
  optimizeDeps: {
    include: [
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-core/dist/io/io.js',
      '@tensorflow/tfjs-core/dist/register_all_gradients.js',
      '@tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-webgl',
      '@tensorflow/tfjs-backend-webgpu',
    ],
  },
  test: {
    setupFiles: ['test/browser/startBackend.ts'],
    globalSetup: ['scripts/buildWasm.mjs'],
    testTimeout: 300_000,
    fileParallelism: false,
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      commands: { collectDownloads, takeDownloads },
      provider: playwright({
        launchOptions: { executablePath: chromiumPath(), args: [...chromiumArguments] },
      }),
      instances: [{ browser: 'chromium' }],
    },
    projects: [
      project('wasm', 'wasm', false),
      project('wasm, isolated', 'wasm', true),
      project('webgl', 'webgl', false),
      project('webgpu', 'webgpu', false),
      lost('webgl', ['deviceLoss', 'deviceRestored']),
      lost('webgpu', ['deviceLoss']),
    ],
  },
});
export default config;

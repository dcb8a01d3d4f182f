import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { UnitSequencer } from './scripts/lib/sequencer.js';

const config: ViteUserConfig = defineConfig({
  resolve: { tsconfigPaths: true }, // the package's own name means `src`
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      'test/browser/**',
      'test/docs/**',
      'test/examples/{cli,copyExample,runExamples}.test.ts',
      'test/package/**',
      'test/parity/**',
      'test/web/**',
    ],
    globalSetup: ['scripts/buildWasm.mjs'],
    testTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: UnitSequencer },
    // tfjs greets every Node process with an advertisement for tfjs-node.
    onConsoleLog: (text) => !text.includes('you are running TensorFlow.js in Node.js'),
    coverage: {
      provider: 'v8',
      include: ['src/**/*.ts'],
      exclude: ['src/backend/wasm/assembly/**', 'src/backend/wasm/generated/**', 'src/**/index.ts'],
      reporter: ['text-summary', 'html'],
      thresholds: { lines: 95 },
    },
  },
});
export default config;

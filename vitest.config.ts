import { defineConfig, type ViteUserConfig } from 'vitest/config';
import { UnitSequencer } from './scripts/lib/unitSequencer.js';

/** What changes the process itself: tfjs's kernels and backends, modules of Node. */
const alone = [
  'test/backend/**/*.test.ts',
  'test/decoders/scheduledSampling.test.ts',
  'test/model/checkBackend.test.ts',
  'test/node/**/*.test.ts',
];

const config: ViteUserConfig = defineConfig({
  resolve: { tsconfigPaths: true }, // the package's own name means `src`
  test: {
    exclude: [
      'test/browser/**',
      'test/docs/**',
      'test/examples/{cli,copyExample,runExamples}.test.ts',
      'test/learning/**',
      'test/package/**',
      'test/parity/**',
      'test/web/**',
    ],
    globalSetup: ['scripts/buildWasm.mjs'],
    testTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: UnitSequencer },
    // tfjs greets every Node process with an advertisement for tfjs-node.
    onConsoleLog: (text) => !text.includes('you are running TensorFlow.js in Node.js'),
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: alone,
          isolate: false,
          setupFiles: ['test/support/freshEngine.ts'],
        },
      },
      { extends: true, test: { name: 'unit, alone', include: alone } },
    ],
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

import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/learning/**/*.test.ts'],
    globalSetup: ['scripts/buildWasm.mjs'],
    testTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
    onConsoleLog: (text) => !text.includes('you are running TensorFlow.js in Node.js'),
  },
});
export default config;

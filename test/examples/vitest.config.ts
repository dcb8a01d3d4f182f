import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/examples/{cli,copyExample,runExamples}.test.ts'],
    testTimeout: 300_000,
    maxConcurrency: 2, // each example is a process of its own
  },
});
export default config;

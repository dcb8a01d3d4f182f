import { resolve } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/examples/{cli,copyExample,runExamples}.test.ts'],
    env: { TSX_TSCONFIG_PATH: resolve('tsconfig.build.json') }, // where the package's name means `dist`
    testTimeout: 300_000,
    maxConcurrency: 2, // each example is a process of its own
  },
});
export default config;

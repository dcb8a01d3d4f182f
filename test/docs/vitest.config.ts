import { resolve } from 'node:path';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/docs/**/*.test.ts'],
    env: { TSX_TSCONFIG_PATH: resolve('tsconfig.build.json') }, // where the package's name means `dist`
    testTimeout: 60_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
export default config;

import { defineConfig, type ViteUserConfig } from 'vitest/config';

const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    globalSetup: 'test/package/installTarball.ts',
    testTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
export default config;

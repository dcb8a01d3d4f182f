import { defineConfig, type Options } from 'tsup';

/**
 * One output file a module: importers keep only the files they use, whatever their bundler.
 * Declarations come from tsc (scripts/build.mjs). The package ships `src`, so that maps need not repeat it.
 */
const config: Options = defineConfig({
  entry: ['src/**/*.ts', '!src/backend/wasm/assembly/**'],
  bundle: false,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  sourcemap: true,
  minify: false,
  esbuildOptions(options) {
    options.sourcesContent = false;
  },
}) as Options;
export default config;

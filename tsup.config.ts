import { defineConfig, type Options } from 'tsup';

/** One output file a module: importers keep only the files they use, whatever their bundler. */
const config: Options = defineConfig({
  entry: ['src/**/*.ts', '!src/backend/wasm/assembly/**'],
  bundle: false,
  format: 'esm',
  target: 'es2022',
  platform: 'neutral',
  dts: true,
  sourcemap: true,
  clean: true,
  minify: false,
}) as Options;
export default config;

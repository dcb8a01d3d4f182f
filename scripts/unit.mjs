// Runs the unit tests that the changes of this branch touch, through all that they import:
//   node scripts/unit.mjs [--watch] [OPTION OF VITEST…]
import { changedFiles } from './lib/changedFiles.mjs';
import { exitCode } from './lib/run.mjs';

const options = process.argv.slice(2);
const files = changedFiles()
  .filter((file) => !file.endsWith('.md'))
  // The kernels are compiled; tests import what comes of it.
  .map((file) =>
    file.replace(/^src\/backend\/wasm\/assembly\/.*/, 'src/backend/wasm/generated/unsharedModule.ts'),
  );
if (files.length === 0 && !options.includes('--watch')) {
  console.log('Nothing differs from main, so no unit test is touched; `npm test -- unit` runs all of them.');
} else {
  const how = options.includes('--watch') ? [] : ['--run'];
  process.exitCode = await exitCode('vitest', ['related', ...files, '--passWithNoTests', ...how, ...options]);
}

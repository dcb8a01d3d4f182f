import { expect, test } from 'vitest';
import { locateBinary, wasmBinaries } from '../../src/backend/wasmBinaries.js';

const file = '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm';
const locate = (folder: string, address = folder + file): string | undefined =>
  locateBinary(address, `${folder}useBackend.js`, '4.22.0');

test('an address that a bundler gave stays', () => {
  const address = 'https://example.org/assets/tfjs-backend-wasm-simd-B1.wasm';
  expect(locate('https://example.org/assets/', address)).toBe(address);
  expect(locate('file:///project/node_modules/tfjs-seq2seq/dist/backend/', address)).toBe(address);
});

test('a bundle that did not look tells nothing', () => {
  expect(locate('https://example.org/assets/')).toBeUndefined();
});

test.each([
  [
    'https://cdn.example/npm/tfjs-seq2seq@0.1.0',
    'https://cdn.example/npm/@tensorflow/tfjs-backend-wasm@4.22.0',
  ],
  [
    'https://example.org/node_modules/tfjs-seq2seq',
    'https://example.org/node_modules/@tensorflow/tfjs-backend-wasm',
  ],
])('packages that are served as they are lie side by side: %s', (own, theirs) => {
  const expected = `${theirs}/dist/tfjs-backend-wasm-simd.wasm`;
  expect(locate(`${own}/dist/backend/`)).toBe(expected);
});

test('all three are told, or none', () => {
  // The sources are no files of an installed package, and no bundler saw them.
  expect(wasmBinaries('4.22.0')).toBeUndefined();
});

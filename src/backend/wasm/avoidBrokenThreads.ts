import { env } from '@tensorflow/tfjs-core';

/**
 * Makes tfjs take its binary without threads where the page's code is minified. Call it before the backend
 * starts.
 *
 * Each of tfjs's threads runs the source text of a function, which reads a variable `_scriptDir` outside of
 * it. A minifier gives that variable another name, which the threads do not know. They fail, and the start of
 * the backend never ends. The names in this file meet the same minifier, and so tell whether there is one.
 */
export function avoidBrokenThreads(): void {
  if (!readerOf('').toString().includes('_scriptDir')) env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
}

function readerOf(_scriptDir: string): () => string {
  return () => _scriptDir;
}

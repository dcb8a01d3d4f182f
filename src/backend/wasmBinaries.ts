/**
 * The addresses of tfjs-backend-wasm's binaries, by file name, where a bundler ships them with the page.
 *
 * Vite and webpack look for these very expressions: they copy each file and put its address there. Others leave them as
 * they are, which {@link untouched} notices.
 *
 * @returns `undefined` where the bundler did not
 */
export function wasmBinaries(): Readonly<Record<string, string>> | undefined {
  try {
    const plain = new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm', import.meta.url);
    const simd = new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm', import.meta.url);
    const threaded = new URL(
      '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm',
      import.meta.url,
    );
    if (untouched(plain)) return undefined;
    return {
      'tfjs-backend-wasm.wasm': plain.href,
      'tfjs-backend-wasm-simd.wasm': simd.href,
      'tfjs-backend-wasm-threaded-simd.wasm': threaded.href,
    };
  } catch {
    return undefined; // a classic script has no import.meta.url
  }
}

/** Whether an address is just the package's name put beside this script. */
function untouched({ href }: URL): boolean {
  const folder = import.meta.url.slice(0, import.meta.url.lastIndexOf('/') + 1);
  return href.startsWith(`${folder}@tensorflow/`);
}

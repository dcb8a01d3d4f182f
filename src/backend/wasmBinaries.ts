/**
 * The addresses of tfjs-backend-wasm's binaries, by file name, where they can be told.
 *
 * Vite and webpack look for these very expressions. They ship each file with the page and put its address
 * there.
 *
 * @param version of tfjs-backend-wasm
 * @returns `undefined` where nothing tells
 */
export function wasmBinaries(version: string): Readonly<Record<string, string>> | undefined {
  try {
    const files = [
      new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm', import.meta.url),
      new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm', import.meta.url),
      new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm', import.meta.url),
    ];
    const [plain, simd, threaded] = files.map(({ href }) => locateBinary(href, import.meta.url, version));
    if (plain === undefined || simd === undefined || threaded === undefined) return undefined;
    return {
      'tfjs-backend-wasm.wasm': plain,
      'tfjs-backend-wasm-simd.wasm': simd,
      'tfjs-backend-wasm-threaded-simd.wasm': threaded,
    };
  } catch {
    return undefined; // a classic script has no import.meta.url
  }
}

/**
 * The address of a file of tfjs-backend-wasm.
 *
 * @param address what became of its name: the place that a bundler gave it, or its name put beside this
 * script
 * @param script the address of this script
 * @returns `undefined` where it was just put beside a script that is no file of this package
 */
export function locateBinary(address: string, script: string, version: string): string | undefined {
  // As files of their own, by a CDN or by Vite's development server: the packages lie side by side.
  const beside = /\/tfjs-seq2seq(@[^/]+)?\/dist\/backend\/@tensorflow\/tfjs-backend-wasm\//;
  if (beside.test(address)) {
    return address.replace(beside, (_, versioned?: string) => {
      return `/@tensorflow/tfjs-backend-wasm${versioned === undefined ? '' : `@${version}`}/`;
    });
  }
  const folder = script.slice(0, script.lastIndexOf('/') + 1);
  return address.startsWith(`${folder}@tensorflow/`) ? undefined : address;
}

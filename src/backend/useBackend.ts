import { engine, matMul, setBackend, tensor2d } from '@tensorflow/tfjs-core';
import { mismatch, Seq2SeqError } from '../core/errors.js';
import { oneOf, readOptions, unchecked } from '../core/options.js';
import { watchDevices } from './deviceWatch.js';
import { isNode } from './isNode.js';
import { avoidBrokenThreads } from './wasm/avoidBrokenThreads.js';
import { wasmBinaries } from './wasmBinaries.js';

/** A backend of TensorFlow.js; `tensorflow` is the native one of tfjs-node. */
export type BackendName = 'wasm' | 'webgl' | 'webgpu' | 'cpu' | 'tensorflow';

/** Options of {@link useBackend}. */
export interface UseBackendOptions {
  /**
   * Where a page finds the binaries of tfjs-backend-wasm: a folder's URL, ending in `/`, or a URL for each
   * file name. It is read when the wasm backend first starts. Vite and webpack ship the binaries by
   * themselves, and Node needs none. Default otherwise: beside the page.
   */
  readonly wasmPaths?: string | Readonly<Record<string, string>>;
}

const WHERE = 'useBackend';
const NAMES = ['auto', 'wasm', 'webgl', 'webgpu', 'cpu', 'tensorflow'] as const;

/**
 * Imports, starts and selects a tfjs backend, and returns its name. Only the chosen backend's package is
 * loaded.
 *
 * `auto` takes `wasm` in Node. In a page it takes the first of `webgpu`, `webgl`, `wasm` and `cpu` that
 * works. `webgpu` must get a small calculation right, and it and `webgl` must run on real hardware. With
 * `wasm` come this library's training kernels (`tfjs-seq2seq/wasm`).
 *
 * @param name default `auto`
 * @throws `backend-unavailable` where the package is not installed or the backend does not start;
 * `invalid-option`
 *
 * @example
 * ```ts
 * import { useBackend } from 'tfjs-seq2seq/backend';
 *
 * console.log(await useBackend('wasm')); // wasm
 * ```
 */
export async function useBackend(
  name: BackendName | 'auto' = 'auto',
  options: UseBackendOptions = {},
): Promise<BackendName> {
  oneOf(NAMES)(WHERE, 'name', name);
  readOptions(WHERE, options, { wasmPaths: [unchecked, undefined] });
  if (options.wasmPaths !== undefined && name !== 'wasm' && name !== 'auto') {
    throw mismatch('invalid-option', {
      where: WHERE,
      expected: "wasmPaths with 'wasm' or 'auto' only",
      received: name,
    });
  }
  if (name !== 'auto') return start(name, options);
  if (isNode()) return start('wasm', options);
  return startFirst(['webgpu', 'webgl', 'wasm', 'cpu'], options);
}

/** Starts the first backend that works. */
async function startFirst(names: readonly BackendName[], options: UseBackendOptions): Promise<BackendName> {
  const reasons: string[] = [];
  for (const name of names) {
    try {
      if (name === 'webgpu') await checkGpu();
      if (name === 'webgl') checkRenderer();
      return await start(name, options);
    } catch (error) {
      if (!(error instanceof Seq2SeqError) || error.code !== 'backend-unavailable') throw error;
      reasons.push(error.message);
    }
  }
  throw new Seq2SeqError('backend-unavailable', `${WHERE}: no backend works here.\n${reasons.join('\n')}`);
}

async function start(name: BackendName, options: UseBackendOptions): Promise<BackendName> {
  const previous = engine().backendName;
  const started = await withoutListeners(async () => {
    await load[name](options);
    return setBackend(name).catch((cause: unknown) => {
      throw unavailable(name, cause);
    });
  });
  if (!started) throw unavailable(name, undefined);
  if (name === 'webgpu' && !(await calculates())) {
    if (previous) await setBackend(previous);
    throw unavailable(name, 'a wrong product');
  }
  watchDevices();
  if (name === 'wasm') {
    const { installWasmKernels } = await import('./wasm/installWasmKernels.js');
    await installWasmKernels();
  }
  return name;
}

/**
 * Takes listeners away again that tfjs's wasm binary adds to Node's process. They throw every uncaught error
 * once more, which hides where it came from and changes the exit code.
 */
async function withoutListeners<T>(run: () => Promise<T>): Promise<T> {
  if (!isNode()) return run();
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.rawListeners(event));
  try {
    return await run();
  } finally {
    events.forEach((event, i) => {
      for (const listener of process.rawListeners(event)) {
        if (!before[i]?.includes(listener)) process.removeListener(event, listener as () => void);
      }
    });
  }
}

// Each import is written out, so that bundlers see it. Webpack accepts that an optional package is missing
// only where its import stands inside a `try`.
const load: Readonly<Record<BackendName, (options: UseBackendOptions) => Promise<unknown>>> = {
  wasm: async ({ wasmPaths }) => {
    const { setWasmPaths, version_wasm: version } = await import('@tensorflow/tfjs-backend-wasm').catch(
      missing('tfjs-backend-wasm'),
    );
    if ('wasm' in engine().registry) return; // it has its binary
    avoidBrokenThreads();
    const paths = wasmPaths ?? (isNode() ? undefined : wasmBinaries(version));
    if (paths !== undefined) setWasmPaths(paths);
  },
  webgl: () => import('@tensorflow/tfjs-backend-webgl').catch(missing('tfjs-backend-webgl')),
  webgpu: async () => {
    try {
      return (await import('@tensorflow/tfjs-backend-webgpu' as string)) as unknown;
    } catch (error) {
      return missing('tfjs-backend-webgpu')(error);
    }
  },
  cpu: () => import('@tensorflow/tfjs-backend-cpu').catch(missing('tfjs-backend-cpu')),
  tensorflow: () => {
    if (!isNode()) throw unavailable('tensorflow', 'a browser');
    // Native code, so bundlers must not follow it: no name that they could put in for a constant.
    return import(/* @vite-ignore */ /* webpackIgnore: true */ packageName('tfjs-node')).catch(
      missing('tfjs-node'),
    );
  },
};

function packageName(name: string): string {
  return `@tensorflow/${name}`;
}

function missing(name: string): (cause: unknown) => never {
  const install = packageName(name);
  return (cause) => {
    const { message } = mismatch('backend-unavailable', {
      where: WHERE,
      expected: `the package ${install} to be installed`,
      received: cause instanceof Error ? cause.message : cause,
      hint: `Run: npm install ${install}`,
    });
    throw new Seq2SeqError('backend-unavailable', message, { cause });
  };
}

const HINTS: Readonly<Partial<Record<BackendName, string>>> = {
  wasm: 'Was the binary found? Say where the files of @tensorflow/tfjs-backend-wasm/dist are: useBackend(name, { wasmPaths }).',
};

function unavailable(name: BackendName, cause: unknown): Seq2SeqError {
  const { message } = mismatch('backend-unavailable', {
    where: WHERE,
    expected: `the backend '${name}' to start here`,
    received: cause instanceof Error ? cause.message : (cause ?? 'a refusal of tfjs, see the console'),
    hint: HINTS[name] ?? `Choose another one, or 'auto'.`,
  });
  return new Seq2SeqError('backend-unavailable', message, { cause });
}

/** Whether it is software. The flag stands in `info`; in older browsers it stood in the adapter. */
interface GpuAdapter {
  readonly info?: { readonly isFallbackAdapter?: boolean };
  readonly isFallbackAdapter?: boolean;
}

/** Refuses pages without WebGPU, and adapters that only imitate one in software. */
async function checkGpu(): Promise<void> {
  const { gpu } = (globalThis.navigator ?? {}) as {
    gpu?: { requestAdapter(): Promise<GpuAdapter | null> };
  };
  const adapter = await gpu?.requestAdapter().catch(() => null);
  const isFallback = adapter?.info?.isFallbackAdapter ?? adapter?.isFallbackAdapter;
  if (!adapter || isFallback === true) throw unavailable('webgpu', 'no GPU adapter');
}

/**
 * Refuses pages without WebGL, and those where the processor imitates it: there WebAssembly is many times
 * faster.
 */
function checkRenderer(): void {
  // Without any canvas, tfjs says what is missing.
  if (typeof document === 'undefined' && typeof OffscreenCanvas === 'undefined') return;
  const canvas =
    typeof OffscreenCanvas === 'undefined' ? document.createElement('canvas') : new OffscreenCanvas(1, 1);
  const gl = canvas.getContext('webgl2') as WebGL2RenderingContext | null;
  const info = gl?.getExtension('WEBGL_debug_renderer_info');
  const renderer: unknown = info && gl?.getParameter(info.UNMASKED_RENDERER_WEBGL);
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  if (/swiftshader|llvmpipe|softpipe|software|basic render/i.test(String(renderer)))
    throw unavailable('webgl', `a renderer in software, ${String(renderer)}`);
}

async function calculates(): Promise<boolean> {
  const a = tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
  const product = matMul(a, a, false, true);
  try {
    const values = [...(await product.data())];
    return values.every((value, i) => value === [14, 32, 32, 77][i]);
  } catch {
    return false;
  } finally {
    a.dispose();
    product.dispose();
  }
}

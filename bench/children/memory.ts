// Trains the `gru2` model and tells what it holds. WebAssembly memory never shrinks: hence the own process.
import '@tensorflow/tfjs-backend-wasm';
import { setBackend } from '@tensorflow/tfjs-core';
import { installWasmKernels } from '../../src/backend/wasm/index.js';
import { answerQuestions } from '../childProcess.js';
import { startHeapMeter } from '../heapMeter.js';
import { layersModel } from '../layersModel.js';
import { median, now } from '../measure.js';
import { benchModel } from '../model.js';
import { modelSizes, type ModelSizes } from '../modelSizes.js';

/** What so many steps took and left behind. */
export interface MemoryUse {
  /** Median of a step. */
  readonly ms: number;
  /** The most bytes in use at once. */
  readonly peak: number;
  /** Bytes in use after the last step. */
  readonly live: number;
  /** Length of the WebAssembly memory after the last step. */
  readonly length: number;
  /** What the bytes in use, the memory's length and the number of tensors grew by over these steps. */
  readonly growth: { readonly bytes: number; readonly length: number; readonly tensors: number };
}

/** What to train. */
export interface MemoryQuestion {
  readonly who: 'tfjs-seq2seq' | 'tfjs-layers';
  /** Steps before the first that counts: they allocate what stays, such as the optimizer's moments. */
  readonly settle: number;
  readonly steps: number;
  /** Rows of a batch. Default: what the model has. */
  readonly batch?: number;
}

await setBackend('wasm');
await installWasmKernels();
const meter = startHeapMeter();

answerQuestions((question) => {
  const { who, batch, ...rest } = JSON.parse(question) as MemoryQuestion;
  const gru2 = modelSizes['gru2'] as ModelSizes;
  const sizes = { ...gru2, batch: batch ?? gru2.batch };
  return use(who === 'tfjs-layers' ? layersModel(sizes) : benchModel(sizes), rest);
});

function use(
  model: { step(): number; dispose(): void },
  { settle, steps }: Pick<MemoryQuestion, 'settle' | 'steps'>,
): MemoryUse {
  for (let step = 0; step < settle; step++) model.step();
  const before = { bytes: meter.live, length: meter.length, tensors: meter.tensors };
  meter.restart();
  const times: number[] = [];
  for (let step = 0; step < steps; step++) {
    const start = now();
    model.step();
    times.push(now() - start);
  }
  const { peak, live, length, tensors } = meter;
  model.dispose();
  const growth = {
    bytes: live - before.bytes,
    length: length - before.length,
    tensors: tensors - before.tensors,
  };
  return { ms: median(times), peak, live, length, growth };
}

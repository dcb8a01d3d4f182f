// Trains the `gru2` model in a process of its own, since WebAssembly memory never shrinks, and tells what it holds.
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
  /** What the bytes in use, the memory's length and the number of tensors grew by between the first step and the last. */
  readonly growth: { readonly bytes: number; readonly length: number; readonly tensors: number };
}

/** A question: which model, for how many steps, with a batch of how many rows. */
export interface MemoryQuestion {
  readonly who: 'tfjs-seq2seq' | 'tfjs-layers';
  readonly steps: number;
  readonly batch?: number;
}

await setBackend('wasm');
await installWasmKernels();
const meter = startHeapMeter();

answerQuestions((question) => {
  const { who, steps, batch } = JSON.parse(question) as MemoryQuestion;
  const gru2 = modelSizes['gru2'] as ModelSizes;
  const sizes = { ...gru2, batch: batch ?? gru2.batch };
  return use(who === 'tfjs-layers' ? layersModel(sizes) : benchModel(sizes), steps);
});

function use(model: { step(): number; dispose(): void }, steps: number): MemoryUse {
  model.step(); // allocates what stays, such as the optimizer's moments
  const before = { bytes: meter.live, length: meter.length, tensors: meter.tensors };
  meter.restart();
  const times: number[] = [];
  for (let step = 1; step < steps; step++) {
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

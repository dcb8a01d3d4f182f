import type { Tensor } from '@tensorflow/tfjs-core';
import type { Batch } from '../contracts/batch.js';
import { disposeTensors } from '../core/containers.js';
import type { Frames, Ids } from './example.js';
import { longestOf, paddedFrames, paddedIds, paddingMask } from './padding.js';

/** One side of a batch, checked. Token rows have their start and end ids. */
export type Side =
  | { readonly kind: 'tokens'; readonly rows: readonly Ids[]; readonly padId: number }
  | { readonly kind: 'frames'; readonly rows: readonly Frames[]; readonly features: number };

/** The source half of a {@link Batch}. */
export type SourceBatch = Pick<Batch, 'source' | 'sourceMask' | 'sourceLengths' | 'dispose'>;

/** Pads the source half of a batch. */
export function sourceBatchOf(side: Side): SourceBatch {
  const sourceLengths = Int32Array.from<Ids | Frames>(side.rows, (row) => row.length);
  const time = longestOf(sourceLengths);
  const tensors = { source: padded(side, time), sourceMask: paddingMask(sourceLengths, time) };
  return { ...tensors, sourceLengths, dispose: () => disposeTensors(tensors) };
}

/** Pads a batch. What is fed is the target one step late: without its last id, or after a frame of zeros. */
export function batchOf(source: Side, target: Side): Batch {
  const [input, output] = shifted(target);
  const targetLengths = Int32Array.from<Ids | Frames>(output.rows, (row) => row.length);
  const time = longestOf(targetLengths);
  const { sourceLengths, source: sourceTensor, sourceMask } = sourceBatchOf(source);
  const tensors = {
    source: sourceTensor,
    sourceMask,
    targetInput: padded(input, time, target.kind === 'frames' ? 1 : 0),
    targetOutput: padded(output, time),
    targetMask: paddingMask(targetLengths, time),
  };
  return { ...tensors, sourceLengths, targetLengths, dispose: () => disposeTensors(tensors) };
}

function shifted(target: Side): [input: Side, output: Side] {
  if (target.kind === 'frames') return [target, target];
  const cut = (from: number, to?: number): Side => ({
    ...target,
    rows: target.rows.map((row) => row.slice(from, to)),
  });
  return [cut(0, -1), cut(1)];
}

function padded(side: Side, time: number, delay = 0): Tensor {
  return side.kind === 'frames'
    ? paddedFrames(side.rows, time, side.features, delay)
    : paddedIds(side.rows, time, side.padId);
}

import type { Tensor } from '@tensorflow/tfjs-core';
import type { Batch } from '../contracts/batch.js';
import { disposeTensors } from '../core/containers.js';
import type { Frames, Ids } from './example.js';
import { longestOf, paddedFrames, paddedIds, paddingMask } from './padding.js';

/** The sources or the targets of a batch, checked. Rows of ids have their start and end. */
export type EncodedSequences =
  | { readonly kind: 'tokens'; readonly rows: readonly Ids[]; readonly padId: number }
  | { readonly kind: 'frames'; readonly rows: readonly Frames[]; readonly features: number };

/** The source half of a {@link Batch}. */
export type SourceBatch = Pick<Batch, 'source' | 'sourceMask' | 'sourceLengths' | 'dispose'>;

/** Pads the source half of a batch. */
export function sourceBatchOf(sources: EncodedSequences): SourceBatch {
  const sourceLengths = Int32Array.from<Ids | Frames>(sources.rows, (row) => row.length);
  const time = longestOf(sourceLengths);
  const tensors = { source: padded(sources, time), sourceMask: paddingMask(sourceLengths, time) };
  return { ...tensors, sourceLengths, dispose: () => disposeTensors(tensors) };
}

/** Pads a batch. What is fed is the target one step late: without its last id, or after a frame of zeros. */
export function batchOf(sources: EncodedSequences, targets: EncodedSequences): Batch {
  const [input, output] = shifted(targets);
  const targetLengths = Int32Array.from<Ids | Frames>(output.rows, (row) => row.length);
  const time = longestOf(targetLengths);
  const { sourceLengths, source, sourceMask } = sourceBatchOf(sources);
  const tensors = {
    source,
    sourceMask,
    targetInput: padded(input, time, targets.kind === 'frames' ? 1 : 0),
    targetOutput: padded(output, time),
    targetMask: paddingMask(targetLengths, time),
  };
  return { ...tensors, sourceLengths, targetLengths, dispose: () => disposeTensors(tensors) };
}

function shifted(targets: EncodedSequences): [input: EncodedSequences, output: EncodedSequences] {
  if (targets.kind === 'frames') return [targets, targets];
  const cut = (from: number, to?: number): EncodedSequences => ({
    ...targets,
    rows: targets.rows.map((row) => row.slice(from, to)),
  });
  return [cut(0, -1), cut(1)];
}

function padded(sequences: EncodedSequences, time: number, delay = 0): Tensor {
  return sequences.kind === 'frames'
    ? paddedFrames(sequences.rows, time, sequences.features, delay)
    : paddedIds(sequences.rows, time, sequences.padId);
}

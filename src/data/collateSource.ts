import { sourceBatchOf, type SourceBatch } from './batchOf.js';
import type { Frames, Ids } from './example.js';
import { lengthsOf } from './padding.js';
import { encodeSequences, type SequenceOptions } from './sequenceOptions.js';

/**
 * Makes the source half of a batch: what a model generates from.
 * Ids get `<sos>` and `<eos>` around them, as in {@link collate}.
 *
 * @param sources at least one; ids, or frames, of any lengths
 * @returns a batch that the caller disposes of
 * @throws as {@link collate}
 * @example
 * ```ts
 * import { collateSource } from 'tfjs-seq2seq';
 * import { useBackend } from 'tfjs-seq2seq/backend';
 * await useBackend('cpu');
 *
 * const batch = collateSource([[[0.5, 1], [0.25, 0]], [[0, 1]]], { features: 2 });
 * console.log(batch.source.shape, batch.sourceLengths); // [2, 2, 2], 2 and 1
 * batch.dispose();
 * ```
 */
export function collateSource(
  sources: readonly (Ids | Frames)[],
  options: SequenceOptions = {},
): SourceBatch {
  const where = 'collate';
  lengthsOf(where, 'source of example', sources);
  return sourceBatchOf(encodeSequences(where, 'source', sources, options));
}
